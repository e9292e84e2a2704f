//! Undo and redo of edits, without a limit.
//!
//! A step is what one operation did: its edits and their exact inverses. Steps with the same key that
//! follow each other (the moves of one drag) become one step.
use crate::{Edit, EditError, Project, apply_all};
use serde::{Deserialize, Serialize};

/// Steps that were done, and those that were undone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
}

/// What one operation did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What it is called in a menu.
    pub label: String,
    /// Steps with equal keys, one after the other, are one. `None`: a step of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its edits, in order.
    pub edits: Vec<Edit>,
    /// The inverse edits, in the order in which they must be applied.
    pub inverse: Vec<Edit>,
}

impl History {
    /// Steps that can be undone, the first done first.
    pub fn done(&self) -> &[Step] {
        &self.done
    }

    /// Steps that can be done again, the next one last.
    pub fn undone(&self) -> &[Step] {
        &self.undone
    }

    /// Records a step that was applied. What was undone before can no longer be done again.
    pub fn record(&mut self, step: Step) {
        self.undone.clear();
        match self.done.last_mut() {
            Some(last) if step.key.is_some() && last.key == step.key => {
                last.edits.extend(step.edits);
                let before = std::mem::replace(&mut last.inverse, step.inverse);
                last.inverse.extend(before);
            }
            _ => self.done.push(step),
        }
    }

    /// Undoes the last step; `None` if there is none.
    ///
    /// # Errors
    /// The project is not the one that the steps were recorded for; it is then unchanged.
    pub fn undo(&mut self, project: &mut Project) -> Result<Option<&Step>, EditError> {
        let Some(step) = self.done.last() else { return Ok(None) };
        apply_all(project, step.inverse.clone())?;
        self.undone.extend(self.done.pop());
        Ok(self.undone.last())
    }

    /// Does the step again that was undone last; `None` if there is none.
    ///
    /// # Errors
    /// As [`Self::undo`].
    pub fn redo(&mut self, project: &mut Project) -> Result<Option<&Step>, EditError> {
        let Some(step) = self.undone.last() else { return Ok(None) };
        apply_all(project, step.edits.clone())?;
        self.done.extend(self.undone.pop());
        Ok(self.done.last())
    }
}
