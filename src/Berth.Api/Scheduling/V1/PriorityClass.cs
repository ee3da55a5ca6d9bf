using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Scheduling.V1;

[Kind("scheduling.k8s.io", "v1", "PriorityClass")]
[Resource("priorityclasses", "priorityclass", Namespaced = false, ShortNames = "pc")]
public sealed partial record PriorityClass
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Always = true)]
    public int Value { get; init; }

    [Field(3)]
    public bool GlobalDefault { get; init; }

    [Field(4)]
    public string Description { get; init; } = "";

    [Field(5)]
    public string? PreemptionPolicy { get; init; }
}
