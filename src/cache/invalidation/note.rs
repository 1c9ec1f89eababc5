//! What a note says: [`Note`].

/// That something has changed of a team, or of all teams.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Note {
    /// Whose rows; `None`: those of all teams.
    pub team: Option<i64>,
    /// The name of the table, `kind:` and a kind's name, or `kind:*`.
    pub source: String,
}

impl Note {
    /// The channel on which notes are sent.
    pub const CHANNEL: &'static str = super::function::CHANNEL;

    /// Reads what a note looks like on its way: the team, a colon, the source. `None` if it is not one.
    ///
    /// ```
    /// use pagewise::cache::Note;
    ///
    /// let note = Note::from_payload("7:chat_chatmessage").unwrap();
    /// assert_eq!((note.team, note.source.as_str()), (Some(7), "chat_chatmessage"));
    /// assert_eq!(Note::from_payload(":kind:overview").unwrap().team, None);
    /// assert_eq!(Note::from_payload("hello"), None);
    /// ```
    #[must_use]
    pub fn from_payload(payload: &str) -> Option<Self> {
        let (team, source) = payload.split_once(':')?;
        let team = match team {
            "" => None,
            team => Some(team.parse().ok()?),
        };
        (!source.is_empty()).then(|| Self {
            team,
            source: source.to_owned(),
        })
    }

    /// Whether it is about values of this team that are made of these sources.
    pub(super) fn concerns(&self, team: i64, sources: &[String]) -> bool {
        self.team.is_none_or(|of| of == team) && sources.contains(&self.source)
    }
}
