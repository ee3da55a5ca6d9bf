using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record JobSpec
{
    [Field(1)]
    public int? Parallelism { get; init; }

    [Field(2)]
    public int? Completions { get; init; }

    [Field(3)]
    public long? ActiveDeadlineSeconds { get; init; }

    [Field(4)]
    public LabelSelector? Selector { get; init; }

    [Field(5)]
    public bool? ManualSelector { get; init; }

    [Field(6, Required = true)]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    [Field(7)]
    public int? BackoffLimit { get; init; }

    [Field(8)]
    public int? TtlSecondsAfterFinished { get; init; }

    [Field(9)]
    public string? CompletionMode { get; init; }

    [Field(10)]
    public bool? Suspend { get; init; }

    [Field(11)]
    public PodFailurePolicy? PodFailurePolicy { get; init; }

    [Field(12)]
    public int? BackoffLimitPerIndex { get; init; }

    [Field(13)]
    public int? MaxFailedIndexes { get; init; }

    [Field(14)]
    public string? PodReplacementPolicy { get; init; }

    [Field(15)]
    public string? ManagedBy { get; init; }

    [Field(16)]
    public SuccessPolicy? SuccessPolicy { get; init; }
}
