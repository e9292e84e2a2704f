//! Texts that cannot be guessed.
use cutroom_api::ApiError;

/// A token that cannot be guessed, of 128 bits.
///
/// # Errors
/// `server.random`: the system has no random numbers.
pub fn new_token() -> Result<String, ApiError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| ApiError::new("server.random", e.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
