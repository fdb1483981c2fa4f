"""Lines for the head of a result: machine, versions, settings."""


def place(machine):
    """The machine (results.machine) of a run, and when that was."""
    return (f"{machine['when']}, commit {machine['commit']}, {machine['cores']} cores"
            f" ({machine.get('processor', 'unknown')}), {machine['memory_gib']} GiB, load before"
            f" {machine['load_before'][0]}.")


def where(facts):
    """facts: machine, versions and settings by name."""
    words = [f"{name} {version}" for name, version in facts["versions"].items()]
    words += [f"{name} = {value}" for name, value in facts["settings"].items()]
    return place(facts["machine"]) + "\n" + "; ".join(words) + "."
