using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Watch;

namespace Berth.ApiServer.Tables;

/// <summary>Turns objects into a <see cref="Table"/>.</summary>
internal static class TableResponse
{
    public static Table Of(KindInfo kind, IReadOnlyList<CachedObject> items, ListMeta metadata, TableOptions options)
    {
        var table = TableCatalog.For(kind);
        return new Table
        {
            Metadata = metadata,
            ColumnDefinitions = options.NoHeaders ? [] : table.Columns,
            Rows = items.Select(item => new TableRow
            {
                Cells = table.Cells(item.Value, options.Now),
                Object = options.Include switch
                {
                    IncludedObject.None => null,
                    IncludedObject.Object => new RawJson(item.Json.ToArray()),
                    _ => new RawJson(ApiJson.Serialize(PartialObjectMetadata.Of(item.Value))),
                },
            }).ToApiList(),
        };
    }

    public static Table Bookmark(KindInfo kind, ObjectMeta metadata, TableOptions options) => new()
    {
        ColumnDefinitions = options.NoHeaders ? [] : TableCatalog.For(kind).Columns,
        Metadata = ListMeta.Empty with { ResourceVersion = metadata.ResourceVersion },
        Rows = [new TableRow { Object = new RawJson(ApiJson.Serialize(new PartialObjectMetadata { Metadata = metadata })) }],
    };
}
