using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

[Kind("meta.k8s.io", "v1", "PartialObjectMetadataList")]
public sealed partial record PartialObjectMetadataList
{
    [Field(1)]
    public ListMeta Metadata { get; init; } = ListMeta.Empty;

    [Field(2, Always = true)]
    public ApiList<PartialObjectMetadata> Items { get; init; } = [];
}
