import Testing

/// What goes wrong in the world, done to real processes; one test at a time, since each needs the whole machine.
@Suite(.serialized) enum Faults {}
