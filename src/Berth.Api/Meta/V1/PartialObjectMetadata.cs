using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>Any object without all but its metadata, for clients that need no more.</summary>
[Kind("meta.k8s.io", "v1", "PartialObjectMetadata")]
public sealed partial record PartialObjectMetadata
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    public static PartialObjectMetadata Of(IApiObject value) => new() { Metadata = value.Metadata };
}
