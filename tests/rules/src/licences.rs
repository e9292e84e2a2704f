//! Every dependency's licence must be in the allow list of `deny.toml`, the file that cargo-deny
//! reads, so that either program can check it.
use crate::layers::cargo_metadata;
use std::{collections::BTreeMap, fs, path::Path};

/// Checks every third-party package in the lock file; returns a one-line summary if all are
/// allowed.
///
/// # Errors
/// Every package whose licence is not allowed or not stated, or the reason why the check could not
/// run.
pub fn check(root: &Path) -> Result<String, String> {
    let deny = fs::read_to_string(root.join("deny.toml")).map_err(|e| format!("cannot read deny.toml: {e}"))?;
    let allowed = allow_list(&deny)?;
    let json = cargo_metadata(root, &[])?;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut refused = Vec::new();
    for package in json["packages"].as_array().ok_or("cargo metadata lists no packages")? {
        if package["source"].is_null() {
            continue; // ours
        }
        let name = format!("{} {}", package["name"].as_str().unwrap_or("?"), package["version"].as_str().unwrap_or("?"));
        match package["license"].as_str() {
            None => refused.push(format!("{name} states no licence")),
            Some(licence) => match satisfies(licence, &allowed) {
                Ok(true) => *counts.entry(licence.to_owned()).or_default() += 1,
                Ok(false) => refused.push(format!("{name} is under {licence}, which deny.toml does not allow")),
                Err(e) => refused.push(format!("{name}: {e}")),
            },
        }
    }
    refused.sort();
    if refused.is_empty() {
        Ok(format!("{} dependencies under {} licence expressions, all allowed", counts.values().sum::<usize>(), counts.len()))
    } else {
        Err(refused.join("\n"))
    }
}

/// The strings of `allow = [...]` in the `[licenses]` table.
///
/// # Errors
/// If there is no such list.
pub fn allow_list(deny_toml: &str) -> Result<Vec<String>, String> {
    let bare: Vec<&str> = deny_toml.lines().map(|l| l.split('#').next().unwrap_or_default()).collect();
    let text = bare.join("\n");
    let table = text.split_once("[licenses]").ok_or("deny.toml has no [licenses] table")?.1;
    let list =
        table.split_once("allow").and_then(|(_, rest)| rest.split_once('[')).ok_or("[licenses] of deny.toml has no allow list")?.1;
    let list = list.split_once(']').ok_or("the allow list of deny.toml does not end")?.0;
    let names: Vec<String> = list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    if names.is_empty() { Err("the allow list of deny.toml is empty".into()) } else { Ok(names) }
}

/// Whether an SPDX expression (AND, OR, WITH, parentheses; `/`, as in old manifests, means OR) can
/// be satisfied with the allowed licences.
///
/// # Errors
/// If the expression is not well formed.
pub fn satisfies(expression: &str, allowed: &[String]) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let value = any(&mut rest, allowed).ok_or_else(|| format!("cannot read the licence expression \"{expression}\""))?;
    if rest.is_empty() { Ok(value) } else { Err(format!("cannot read the licence expression \"{expression}\"")) }
}

fn any(words: &mut &[&str], allowed: &[String]) -> Option<bool> {
    let mut value = all(words, allowed)?;
    while take(words, "OR") {
        value |= all(words, allowed)?;
    }
    Some(value)
}

fn all(words: &mut &[&str], allowed: &[String]) -> Option<bool> {
    let mut value = one(words, allowed)?;
    while take(words, "AND") {
        value &= one(words, allowed)?;
    }
    Some(value)
}

fn one(words: &mut &[&str], allowed: &[String]) -> Option<bool> {
    if take(words, "(") {
        let value = any(words, allowed)?;
        return take(words, ")").then_some(value);
    }
    let (name, rest) = words.split_first().filter(|(w, _)| !["AND", "OR", "WITH", ")"].contains(w))?;
    *words = rest;
    let mut full = (*name).to_owned();
    if take(words, "WITH") {
        let (exception, rest) = words.split_first()?;
        full = format!("{full} WITH {exception}");
        *words = rest;
    }
    Some(allowed.contains(&full))
}

fn take(words: &mut &[&str], word: &str) -> bool {
    match words.split_first() {
        Some((first, rest)) if *first == word => {
            *words = rest;
            true
        }
        _ => false,
    }
}
