using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>A list of objects of any kind, with no more than their metadata.</summary>
[Kind("meta.k8s.io", "v1", "PartialObjectMetadataList")]
public sealed partial record PartialObjectMetadataList
{
    [Field(1)]
    public ListMeta Metadata { get; init; } = ListMeta.Empty;

    /// <summary>Metadata of the objects of the list.</summary>
    [Field(2, Always = true)]
    public ApiList<PartialObjectMetadata> Items { get; init; } = [];
}
