using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record DaemonSetSpec
{
    [Field(1, Always = true, Required = true)]
    public LabelSelector? Selector { get; init; }

    [Field(2, Required = true)]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    [Field(3)]
    public DaemonSetUpdateStrategy UpdateStrategy { get; init; } = DaemonSetUpdateStrategy.Empty;

    [Field(4)]
    public int MinReadySeconds { get; init; }

    [Field(6)]
    public int? RevisionHistoryLimit { get; init; }
}
