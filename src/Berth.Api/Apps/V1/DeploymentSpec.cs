using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record DeploymentSpec
{
    [Field(1)]
    public int? Replicas { get; init; }

    [Field(2, Always = true, Required = true)]
    public LabelSelector? Selector { get; init; }

    [Field(3, Required = true)]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    [Field(4), PatchStrategy("retainKeys")]
    public DeploymentStrategy Strategy { get; init; } = DeploymentStrategy.Empty;

    [Field(5)]
    public int MinReadySeconds { get; init; }

    [Field(6)]
    public int? RevisionHistoryLimit { get; init; }

    [Field(7)]
    public bool Paused { get; init; }

    [Field(9)]
    public int? ProgressDeadlineSeconds { get; init; }
}
