using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record ReplicaSetSpec
{
    [Field(1)]
    public int? Replicas { get; init; }

    [Field(2, Always = true, Required = true)]
    public LabelSelector? Selector { get; init; }

    [Field(3)]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    [Field(4)]
    public int MinReadySeconds { get; init; }
}
