using Berth.Api;
using Berth.Api.Meta.V1;

namespace Berth.ApiServer.Tables;

/// <summary>The columns of one kind and how they are filled.</summary>
public abstract class KindTable
{
    public abstract ApiList<TableColumnDefinition> Columns { get; }

    /// <summary>One cell per column, as JSON.</summary>
    public abstract ApiList<RawJson> Cells(IApiObject value, DateTimeOffset now);
}

/// <summary>One column: its head, and what stands in it for an object. Cells are text, whole numbers or truth values.</summary>
public sealed record TableColumn<T>(TableColumnDefinition Definition, Func<T, DateTimeOffset, object> Cell);

/// <inheritdoc cref="KindTable"/>
public sealed class KindTable<T>(params IReadOnlyList<TableColumn<T>> columns) : KindTable
    where T : class, IApiObject
{
    public override ApiList<TableColumnDefinition> Columns { get; } = columns.Select(c => c.Definition).ToApiList();

    public override ApiList<RawJson> Cells(IApiObject value, DateTimeOffset now) =>
        columns.Select(c => TableCell.Json(c.Cell((T)value, now))).ToApiList();
}
