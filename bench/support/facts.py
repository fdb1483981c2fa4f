"""A line for the head of a result: machine, versions, settings."""


def where(facts):
    """facts: machine (results.machine), versions and settings by name."""
    place = facts["machine"]
    words = [f"{name} {version}" for name, version in facts["versions"].items()]
    words += [f"{name} = {value}" for name, value in facts["settings"].items()]
    return (f"{place['when']}, commit {place['commit']}, {place['cores']} cores"
            f" ({place.get('processor', 'unknown')}), {place['memory_gib']} GiB, load before"
            f" {place['load_before'][0]}.\n" + "; ".join(words) + ".")
