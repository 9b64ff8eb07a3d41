/// How a service's process ends, as sysexits(3) numbers it.
public enum ExitCode: Int32, Sendable {
    /// It was told to end, and finished what ran.
    case done = 0
    /// The configuration is wrong.
    case usage = 64
    /// It failed while it ran, or what ran did not finish within the drain timeout.
    case failed = 70
    /// The store cannot be opened: in use, of a newer version, damaged, or not writable.
    case store = 74
    /// The address cannot be listened on.
    case address = 69
    /// It refuses to run so: without a token on an address that others reach.
    case unsafe = 78
}
