using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.ApiServer.Tables;

/// <summary>The columns of each kind; kinds without a row show their name and when they were made.</summary>
public static class TableCatalog
{
    private static readonly KindTable s_plain = new KindTable<IApiObject>(
        Columns.Name<IApiObject>(),
        new(new() { Name = "Created At", Type = "date", Description = "Time at which the object was created." }, (o, _) => o.Metadata.CreationTimestamp?.ToString() ?? ""));

    private static readonly Dictionary<KindInfo, KindTable> s_tables = new(
    [
        .. CoreTables.Rows, .. WorkloadTables.Rows, .. NetworkTables.Rows, .. PolicyTables.Rows, .. StorageTables.Rows, .. ExtensionTables.Rows,
        .. MetricsTables.Rows,
    ]);

    // Tables of custom resources live as long as the version of their definition that they belong to.
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<KindInfo, KindTable> s_custom = [];

    public static KindTable For(KindInfo kind) =>
        kind.IsCustom && s_custom.TryGetValue(kind, out var custom) ? custom : s_tables.GetValueOrDefault(kind, s_plain);

    /// <summary>Says how a custom resource is shown.</summary>
    public static void Register(KindInfo kind, KindTable table) => s_custom.AddOrUpdate(kind, table);
}

/// <summary>Ways to describe columns, and the columns that many kinds share.</summary>
internal static class Columns
{
    public static KeyValuePair<KindInfo, KindTable> Table<T>(params IReadOnlyList<TableColumn<T>> columns)
        where T : class, IApiObject<T> => new(T.Kind, new KindTable<T>(columns));

    public static TableColumn<T> Name<T>()
        where T : class, IApiObject =>
        new(new() { Name = "Name", Type = "string", Format = "name", Description = "Name must be unique within a namespace." }, (o, _) => o.Metadata.Name);

    public static TableColumn<T> Age<T>()
        where T : class, IApiObject => new(Text("Age"), (o, now) => TableCell.Age(o.Metadata.CreationTimestamp, now));

    public static TableColumn<T> Column<T>(string name, Func<T, string> cell) => new(Text(name), (o, _) => cell(o));

    public static TableColumn<T> Column<T>(string name, Func<T, DateTimeOffset, string> cell) => new(Text(name), cell);

    /// <summary>Shown in wide output only.</summary>
    public static TableColumn<T> Wide<T>(string name, Func<T, string> cell) => new(Text(name) with { Priority = 1 }, (o, _) => cell(o));

    public static TableColumn<T> Count<T>(string name, Func<T, long> cell) => new(Text(name) with { Type = "integer" }, (o, _) => cell(o));

    public static TableColumn<T> Flag<T>(string name, Func<T, bool> cell) => new(Text(name) with { Type = "boolean" }, (o, _) => cell(o));

    public static TableColumnDefinition Text(string name) => new() { Name = name, Type = "string" };
}
