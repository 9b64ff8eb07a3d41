public import CoreMetrics

/// How a store is opened. The defaults are those of a service in production.
public struct StoreSettings: Sendable {
    /// What a commit survives.
    public enum Durability: Sendable {
        /// A loss of power: `synchronous=FULL`, one fsync a commit.
        case full
        /// Nothing but the end of the process: `synchronous=OFF`, for stores that are thrown away.
        case none
        /// Nothing at all: many writes are committed together, later than they are answered, and all goes through
        /// one connection on the caller's thread. For a history that is replayed into a store of its own.
        case deferred
    }

    public var durability = Durability.full
    /// Whether events stay once every subscriber has been told them. Where not, an event is written only if it waits
    /// for a subscriber at a commit. Of ``Durability/deferred`` alone.
    public var keepsToldEvents = true
    /// Whether a write that fails undoes what it has changed. Where not, nothing is kept to undo it with: such a write,
    /// if it has changed anything, spoils the store, see ``Store/isSpoiled``. Of ``Durability/deferred`` alone.
    public var undoesWrites = true
    /// Connections that read beside the one that writes.
    public var maxReaders = 4
    /// Page cache of the writing connection, in KiB. Readers get an eighth of it, 1 MiB at least.
    public var cacheKiB = 16_384
    /// How long to wait for a lock that another connection holds.
    public var busyTimeout = Duration.seconds(5)
    /// Pages of the write-ahead log after which it is copied to the file, beside further writes; from four times as many
    /// on a writer may wait for a short rest, from eight times for all of it.
    public var checkpointPages = 4_000
    /// An upper bound of the file's pages, to see in tests what a full disk does.
    public var maxPageCount: Int?
    /// The most writes that one commit takes.
    public var groupLimit = 128
    /// How long a commit takes in further writes; one that has begun is finished.
    public var groupTime = Duration.milliseconds(10)
    /// Where the store's metrics go; absent means to those of the process, as they are when the store is opened.
    public var metrics: (any MetricsFactory)?

    public init() {}

    /// For a replay.
    public static var replay: StoreSettings {
        var settings = StoreSettings()
        settings.durability = .deferred
        return settings
    }

    /// For stores that are thrown away.
    public static var disposable: StoreSettings {
        var settings = StoreSettings()
        settings.durability = .none
        return settings
    }
}
