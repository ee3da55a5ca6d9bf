using Berth.Api;
using Berth.Api.Schema;

namespace Berth.ApiServer.Tables;

/// <summary>The columns of each kind; kinds without a row show their name and age.</summary>
public static partial class TableCatalog
{
    private static readonly KindTable s_plain = new KindTable<IApiObject>(
        Column<IApiObject>("Name", (o, _) => o.Metadata.Name, format: "name", description: "Name must be unique within a namespace."),
        Column<IApiObject>("Created At", (o, _) => o.Metadata.CreationTimestamp?.ToString() ?? TableCell.Unknown, format: "date", type: "date"));

    private static readonly Dictionary<KindInfo, KindTable> s_tables = Rows();

    public static KindTable For(KindInfo kind) => s_tables.GetValueOrDefault(kind, s_plain);

    private static Dictionary<KindInfo, KindTable> Rows() => [];

    private static TableColumn<T> Column<T>(
        string name, Func<T, DateTimeOffset, object> cell, string type = "string", int priority = 0, string format = "", string description = "") =>
        new(new() { Name = name, Type = type == "date" ? "string" : type, Format = type == "date" ? "" : format, Description = description, Priority = priority }, cell);
}
