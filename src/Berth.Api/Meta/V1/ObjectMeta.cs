using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

public sealed partial record ObjectMeta
{
    [Field(1)]
    public string Name { get; init; } = "";

    [Field(2)]
    public string GenerateName { get; init; } = "";

    [Field(3)]
    public string Namespace { get; init; } = "";

    [Field(4)]
    public string SelfLink { get; init; } = "";

    [Field(5)]
    public string Uid { get; init; } = "";

    [Field(6)]
    public string ResourceVersion { get; init; } = "";

    [Field(7)]
    public long Generation { get; init; }

    [Field(8)]
    public Time? CreationTimestamp { get; init; }

    [Field(9)]
    public Time? DeletionTimestamp { get; init; }

    [Field(10)]
    public long? DeletionGracePeriodSeconds { get; init; }

    [Field(11)]
    public ApiMap<string> Labels { get; init; } = [];

    [Field(12)]
    public ApiMap<string> Annotations { get; init; } = [];

    [Field(13), ListMap("uid"), PatchStrategy("merge", "uid")]
    public ApiList<OwnerReference> OwnerReferences { get; init; } = [];

    [Field(14), ListSet, PatchStrategy("merge")]
    public ApiList<string> Finalizers { get; init; } = [];

    [Field(17)]
    public ApiList<ManagedFieldsEntry> ManagedFields { get; init; } = [];
}
