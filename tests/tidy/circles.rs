//! Finds import cycles: files that import each other, directly or indirectly.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::File;

/// A module's path from the crate's root, such as `["web", "api"]`.
type Module = Vec<String>;

/// The modules that each file imports.
type Imports = BTreeMap<Module, BTreeSet<Module>>;

/// Each cycle, as the names of its files.
pub(super) fn circles(files: &[File]) -> Vec<Vec<String>> {
    let imports = imports_of(files);
    let mut found: Vec<Vec<String>> = Vec::new();
    let reached: BTreeMap<&Module, BTreeSet<&Module>> = imports
        .keys()
        .map(|module| (module, reached_from(module, &imports)))
        .collect();
    for (module, others) in &reached {
        if !others.contains(module) {
            continue;
        }
        let circle: Vec<String> = others
            .iter()
            .filter(|other| reached[*other].contains(module))
            .map(|other| other.join("/"))
            .collect();
        if !found.contains(&circle) {
            found.push(circle);
        }
    }
    found
}

/// The modules that one imports, directly or indirectly.
fn reached_from<'a>(module: &Module, imports: &'a Imports) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = imports[module].iter().collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(&imports[next]);
        }
    }
    reached
}

fn imports_of(files: &[File]) -> Imports {
    let for_tests: BTreeSet<Module> = files.iter().flat_map(modules_for_tests).collect();
    let files: BTreeMap<Module, &File> = files
        .iter()
        .filter(|file| file.name != "main.rs" && !file.is_test())
        .map(|file| (module_of(&file.name), file))
        .filter(|(module, _)| !for_tests.contains(module))
        .collect();
    files
        .iter()
        .map(|(module, file)| {
            let named = modules_named(module, &code_of(file));
            let named = named.iter().filter_map(|path| {
                let ends = (1..=path.len()).rev();
                ends.map(|end| path[..end].to_vec())
                    .find(|part| files.contains_key(part))
            });
            let others = named.filter(|other| other != module);
            (module.clone(), others.collect())
        })
        .collect()
}

fn module_of(name: &str) -> Module {
    let mut parts: Module = name
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib")) {
        parts.pop();
    }
    parts
}

/// The child modules that a file declares for tests only.
fn modules_for_tests(file: &File) -> Vec<Module> {
    let lines: Vec<&str> = file.text.lines().collect();
    let pairs = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]");
    pairs
        .filter_map(|pair| pair[1].rsplit(' ').next()?.strip_suffix(';'))
        .map(|child| [module_of(&file.name), vec![child.to_owned()]].concat())
        .collect()
}

/// A file's code before its tests, without comments and visibility modifiers.
fn code_of(file: &File) -> String {
    let mut code = String::new();
    for (_, line) in file.code() {
        let line = line.split(" // ").next().unwrap_or(line);
        let line = match (line.find("pub(in "), line.find(") ")) {
            (Some(start), Some(end)) if start < end => &line[end + 1..],
            _ => line,
        };
        code.push_str(line);
        code.push('\n');
    }
    code
}

/// Every path in a file that may name a module, relative to the crate's root.
fn modules_named(module: &Module, code: &str) -> Vec<Module> {
    let mut named = Vec::new();
    let mut rest = code;
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    while let Some(start) = rest.find(is_name) {
        let word = &rest[start..];
        let end = word.find(|c| !is_name(c)).unwrap_or(word.len());
        if &word[..end] == "use" {
            let end = word.find(';').unwrap_or(word.len());
            let tree: String = word["use".len()..end].split_whitespace().collect();
            add_tree(module, &[], &tree, &mut named);
            rest = &word[end..];
        } else {
            let path: Vec<&str> = word[..end].split("::").collect();
            if path.len() > 1 {
                named.extend(from_the_root(module, &path));
            }
            rest = &word[end..];
        }
    }
    named
}

/// Adds the paths that a `use` imports: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn add_tree(module: &Module, before: &[&str], tree: &str, named: &mut Vec<Module>) {
    let (head, group) = match tree.split_once('{') {
        Some((head, group)) => (head, group.strip_suffix('}')),
        None => (tree, None),
    };
    let own = head.split("::").filter(|part| !part.is_empty());
    let path: Vec<&str> = before.iter().copied().chain(own).collect();
    let Some(group) = group else {
        named.extend(from_the_root(module, &path));
        return;
    };
    let (mut depth, mut start) = (0, 0);
    for (at, sign) in group.char_indices().chain([(group.len(), ',')]) {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                add_tree(module, &path, &group[start..at], named);
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// A path relative to the crate's root: from `crate::…`, `super::…`, `self::…` or a child's name.
fn from_the_root(module: &Module, path: &[&str]) -> Option<Module> {
    let (first, rest) = path.split_first()?;
    let mut base = match *first {
        "crate" => Vec::new(),
        "super" => module[..module.len().checked_sub(1)?].to_vec(),
        "self" => module.clone(),
        name if name.starts_with(char::is_lowercase) => {
            [module.as_slice(), &[name.to_owned()]].concat()
        }
        _ => return None,
    };
    for part in rest {
        match *part {
            "super" => {
                base.pop()?;
            }
            "self" => {}
            name => base.push(name.to_owned()),
        }
    }
    Some(base)
}
