using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>Pods of a Job, and what counts as success.</summary>
public sealed partial record JobSpec
{
    /// <summary>How many pods run at once at most. 0 stops it. Default: 1.</summary>
    [Field(1)]
    public int? Parallelism { get; init; }

    /// <summary>
    /// How many pods must succeed. Absent, without completionMode Indexed: one success ends the Job, with as many pods at once as parallelism
    /// says. Can change for Indexed Jobs, together with parallelism.
    /// </summary>
    [Field(2)]
    public int? Completions { get; init; }

    /// <summary>Seconds after which the Job fails and its pods are ended; time suspended does not count.</summary>
    [Field(3)]
    public long? ActiveDeadlineSeconds { get; init; }

    /// <summary>Labels of the pods that belong to it. Set by the server; see manualSelector.</summary>
    [Field(4)]
    public LabelSelector? Selector { get; init; }

    /// <summary>True takes the selector that is given, which must then not match pods of others. Default: false.</summary>
    [Field(5)]
    public bool? ManualSelector { get; init; }

    /// <summary>The pods. restartPolicy must be Never or OnFailure.</summary>
    [Field(6, Required = true)]
    public PodTemplateSpec Template { get; init; } = PodTemplateSpec.Empty;

    /// <summary>
    /// How many failures the Job takes before it fails. Pauses in between double from 10 seconds to 6 minutes. Default: 6; with
    /// backoffLimitPerIndex as good as none.
    /// </summary>
    [Field(7)]
    public int? BackoffLimit { get; init; }

    /// <summary>Seconds after its end at which the Job is deleted with its pods; 0 for at once. Absent: never.</summary>
    [Field(8)]
    public int? TtlSecondsAfterFinished { get; init; }

    /// <summary>
    /// NonIndexed: all pods are alike. Indexed: each has a number from 0 to completions - 1, in JOB_COMPLETION_INDEX and in its host name,
    /// and each number must succeed once. Default: NonIndexed.
    /// </summary>
    [Field(9)]
    public string? CompletionMode { get; init; }

    /// <summary>True ends its pods and makes none; false lets it go on. Default: false.</summary>
    [Field(10)]
    public bool? Suspend { get; init; }

    /// <summary>What certain failures mean; the first rule that matches counts, else the failure is counted. Needs restartPolicy Never.</summary>
    [Field(11)]
    public PodFailurePolicy? PodFailurePolicy { get; init; }

    /// <summary>
    /// How many failures each number takes before it counts as failed. For Indexed Jobs with restartPolicy Never. It cannot change.
    /// </summary>
    [Field(12)]
    public int? BackoffLimitPerIndex { get; init; }

    /// <summary>How many numbers may fail before the Job does; absent: all may, and it fails at the end. Needs backoffLimitPerIndex.</summary>
    [Field(13)]
    public int? MaxFailedIndexes { get; init; }

    /// <summary>
    /// TerminatingOrFailed replaces a pod as soon as it begins to end, Failed only when it has ended. Default: TerminatingOrFailed; Failed
    /// with a podFailurePolicy, where nothing else is allowed.
    /// </summary>
    [Field(14)]
    public string? PodReplacementPolicy { get; init; }

    /// <summary>Who works on the Job, as DOMAIN/NAME; absent or kubernetes.io/job-controller: the cluster itself. It cannot change.</summary>
    [Field(15)]
    public string? ManagedBy { get; init; }

    /// <summary>Which numbers are enough for success. For Indexed Jobs.</summary>
    [Field(16)]
    public SuccessPolicy? SuccessPolicy { get; init; }
}
