namespace Berth.Store.Sqlite;

/// <summary>
/// The file's format. A released version never changes: a change is a new <see cref="Version"/> and a step that turns the
/// one before it into it.
/// </summary>
internal static class StoreSchema
{
    /// <summary>"Brth", by which SQLite files of ours are told from others.</summary>
    public const int ApplicationId = 0x42727468;

    public const int Version = 1;

    /// <summary>Low bits of a history row's id: the operation's place in its transaction. The rest is the revision.</summary>
    public const int OrdinalBits = 10;

    /// <summary>
    /// meta: revision, the last given; floor, what compaction allows to be read; purged, up to where compaction has
    /// deleted rows (behind floor while it is at work or after a crash).
    /// history: every change after the floor and, for each key, the one that holds at the floor; a delete has no value
    /// and the create_revision of what it deleted. Ids ascend, so new rows go to the end of the file's tree.
    /// current: the history row that each existing key is at. Values are stored once, in history.
    /// </summary>
    public static readonly string[] Statements =
    [
        """
        CREATE TABLE meta (
          singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
          revision INTEGER NOT NULL,
          floor INTEGER NOT NULL,
          purged INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE history (
          id INTEGER PRIMARY KEY,
          key TEXT NOT NULL,
          create_revision INTEGER NOT NULL,
          deleted INTEGER NOT NULL,
          value BLOB NOT NULL
        ) STRICT
        """,
        "CREATE INDEX history_by_key ON history (key)",
        """
        CREATE TABLE current (
          key TEXT PRIMARY KEY,
          id INTEGER NOT NULL,
          create_revision INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ];

    public static long RowId(Revision revision, int ordinal) => (revision.Value << OrdinalBits) | (long)ordinal;

    /// <summary>The greatest row id that a revision can have.</summary>
    public static long LastRowId(Revision revision) => RowId(revision, (1 << OrdinalBits) - 1);

    public static Revision RevisionOf(long rowId) => new(rowId >> OrdinalBits);
}
