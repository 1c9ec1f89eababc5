//! Evaluation datasets and annotation queues.

use chrono::{DateTime, Utc};

use super::Session;

crate::entity! {
    /// A set of messages to evaluate chatbots with.
    pub EvaluationDataset = "evaluations_evaluationdataset" as "dataset" {
        key ID: i64 = "id";
        tenant TEAM_ID: i64 = "team_id";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        NAME: String = "name";
        EVALUATION_MODE: String = "evaluation_mode";
        STATUS: String = "status";
        JOB_ID: String = "job_id";
        ERROR_MESSAGE: String = "error_message";
    }
}

crate::entity! {
    /// A message of an evaluation dataset, and the session that it was taken from.
    pub EvaluationMessage = "evaluations_evaluationmessage" as "evaluation_message" {
        key ID: i64 = "id";
        tenant through SESSION_ID => Session;
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        SESSION_ID: Option<i64> = "session_id";
    }
}

crate::entity! {
    /// That a message is in an evaluation dataset.
    pub EvaluationDatasetMessage = "evaluations_evaluationdataset_messages" as "dataset_message" {
        key ID: i64 = "id";
        tenant through EVALUATIONDATASET_ID => EvaluationDataset;
        EVALUATIONDATASET_ID: i64 = "evaluationdataset_id";
        EVALUATIONMESSAGE_ID: i64 = "evaluationmessage_id";
    }
}

crate::entity! {
    /// A session or message in a queue of things that people annotate.
    pub AnnotationItem = "human_annotations_annotationitem" as "annotation_item" {
        key ID: i64 = "id";
        tenant TEAM_ID: i64 = "team_id";
        CREATED_AT: DateTime<Utc> = "created_at";
        UPDATED_AT: DateTime<Utc> = "updated_at";
        QUEUE_ID: i64 = "queue_id";
        ITEM_TYPE: String = "item_type";
        STATUS: String = "status";
        SESSION_ID: Option<i64> = "session_id";
        MESSAGE_ID: Option<i64> = "message_id";
        REVIEW_COUNT: i16 = "review_count";
    }
}
