using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Batch;

/// <summary>Rules of job specs, in jobs and in the templates of cron jobs.</summary>
internal static class JobRules
{
    private const int ParallelismMax = 100_000;
    private const int FailedIndexesMax = 100_000;
    private const int RulesMax = 20;
    private const int ExitCodesMax = 255;
    private const int PatternsMax = 20;
    private const int ManagedByMax = 63;

    // From so many completions on, more state would be kept in the status than one object can hold.
    private const int ManyCompletions = 100_000;
    private const int LimitForManyCompletions = 10_000;

    public static void Validate(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        foreach (var (name, count) in (ReadOnlySpan<(string, long?)>)
            [("parallelism", spec.Parallelism), ("completions", spec.Completions), ("activeDeadlineSeconds", spec.ActiveDeadlineSeconds), ("backoffLimit", spec.BackoffLimit),
             ("ttlSecondsAfterFinished", spec.TtlSecondsAfterFinished), ("backoffLimitPerIndex", spec.BackoffLimitPerIndex), ("maxFailedIndexes", spec.MaxFailedIndexes)])
        {
            if (count is { } value)
                BasicRules.NonNegative(errors, path[name], value);
        }

        if (spec is { MaxFailedIndexes: not null, BackoffLimitPerIndex: null })
            errors.Required(path["backoffLimitPerIndex"], "when maxFailedIndexes is specified");
        ManagedBy(errors, path["managedBy"], spec.ManagedBy);
        Indexes(errors, path, spec);
        if (spec.PodFailurePolicy is { } failure)
            FailurePolicy(errors, path["podFailurePolicy"]["rules"], spec, failure);
        if (spec.SuccessPolicy is { } success)
        {
            if (spec.CompletionMode != "Indexed")
                errors.Invalid(path["successPolicy"], success, "requires indexed completion mode");
            else if (success.Rules.IsEmpty)
                errors.Required(path["successPolicy"]["rules"], "at least one rules must be specified when the successPolicy is specified");
        }

        if (spec.PodReplacementPolicy is { } replacement)
        {
            if (spec.PodFailurePolicy is not null)
                BasicRules.OneOf(errors, path["podReplacementPolicy"], replacement, "Failed");
            else
                BasicRules.OneOf(errors, path["podReplacementPolicy"], replacement, "Failed", "TerminatingOrFailed");
        }

        PodTemplateRules.Validate(errors, path["template"], spec.Template);
        var restart = path["template"]["spec"]["restartPolicy"];
        var policy = spec.Template.Spec.RestartPolicy;
        if (policy is "Always" or "")
            errors.Required(restart, "valid values: \"OnFailure\", \"Never\"");
        else if (policy is not ("OnFailure" or "Never"))
            errors.NotSupported(restart, policy, "OnFailure", "Never");
        else if (spec.PodFailurePolicy is not null && policy != "Never")
            errors.Invalid(restart, policy, "only \"Never\" is supported when podFailurePolicy is specified");
    }

    public static void Selector(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        if (spec.Selector is null)
            errors.Required(path["selector"]);

        var before = errors.Causes.Count;
        SelectorRules.Label(errors, path["selector"], spec.Selector);
        if (errors.Causes.Count == before && !LabelSelectors.Compile(spec.Selector).Matches(spec.Template.Metadata.Labels))
            errors.Invalid(path["template"]["metadata"]["labels"], spec.Template.Metadata.Labels, "`selector` does not match template `labels`");
    }

    public static void Unchanged(FieldErrors errors, FieldPath path, Job job, Job old)
    {
        var (spec, before) = (job.Spec, old.Spec);
        if (spec.CompletionMode != "Indexed")
            BasicRules.Unchanged(errors, path["completions"], spec.Completions, before.Completions);
        else if (spec.Completions is not null && spec.Completions != before.Completions && spec.Completions != spec.Parallelism)
            errors.Invalid(path["completions"], spec.Completions, "can only be modified in tandem with spec.parallelism");
        BasicRules.Unchanged(errors, path["selector"], spec.Selector, before.Selector);
        BasicRules.Unchanged(errors, path["template"], spec.Template, AllowedTemplate(spec.Template, old));
        BasicRules.Unchanged(errors, path["completionMode"], spec.CompletionMode, before.CompletionMode);
        BasicRules.Unchanged(errors, path["podFailurePolicy"], spec.PodFailurePolicy, before.PodFailurePolicy);
        BasicRules.Unchanged(errors, path["backoffLimitPerIndex"], spec.BackoffLimitPerIndex, before.BackoffLimitPerIndex);
        BasicRules.Unchanged(errors, path["managedBy"], spec.ManagedBy, before.ManagedBy);
        BasicRules.Unchanged(errors, path["successPolicy"], spec.SuccessPolicy, before.SuccessPolicy);
    }

    public static void Status(FieldErrors errors, FieldPath path, Job job, Job old)
    {
        var (status, before) = (job.Status, old.Status);
        foreach (var (name, count) in (ReadOnlySpan<(string, int)>)
            [("active", status.Active), ("succeeded", status.Succeeded), ("failed", status.Failed), ("ready", status.Ready ?? 0), ("terminating", status.Terminating ?? 0)])
            BasicRules.NonNegative(errors, path[name], count);
        foreach (var type in (ReadOnlySpan<string>)["Failed", "Complete", "FailureTarget"])
        {
            if (IsTrue(before, type) && !IsTrue(status, type))
                errors.InvalidStruct(path["conditions"], $"cannot disable the terminal {type}=True condition");
        }

        if (IsTrue(status, "Complete") && IsTrue(status, "Failed"))
            errors.InvalidStruct(path["conditions"], "cannot set Complete=True and Failed=true conditions");
        if (IsTrue(status, "Complete") && status.CompletionTime is null)
            errors.Required(path["completionTime"], "completionTime is required for Complete jobs");
        if (!IsTrue(status, "Complete") && status.CompletionTime is not null)
            errors.Invalid(path["completionTime"], status.CompletionTime, "cannot set completionTime when there is no Complete=True condition");
        if ((IsTrue(status, "Complete") || IsTrue(status, "Failed")) && status.StartTime is null)
            errors.Required(path["startTime"], "startTime is required for finished job");
        if ((IsTrue(status, "Complete") || IsTrue(status, "Failed")) && status.Active > 0)
            errors.Invalid(path["active"], status.Active, "active>0 is invalid for finished job");
        if (status.Failed < before.Failed)
            errors.Invalid(path["failed"], status.Failed, "cannot decrease the failed counter");
        // An indexed job that may be made smaller may lose indexes that had succeeded.
        if (status.Succeeded < before.Succeeded && !(job.Spec.CompletionMode == "Indexed" && job.Spec.Completions == job.Spec.Parallelism))
            errors.Invalid(path["succeeded"], status.Succeeded, "cannot decrease the succeeded counter");
        if (status.CompletionTime is { } completed && before.CompletionTime is { } was && completed != was)
            errors.Invalid(path["completionTime"], completed, BasicRules.Immutable);
        if (before.StartTime is not null && before.StartTime != status.StartTime && job.Spec.Suspend != true)
            errors.Invalid(path["startTime"], status.StartTime, "field is immutable for unsuspended job once set");
    }

    // A suspended job that has not begun may still be told where to run, and with how much.
    private static PodTemplateSpec AllowedTemplate(PodTemplateSpec template, Job old)
    {
        var before = old.Spec.Template;
        if (old.Spec.Suspend != true)
            return before;
        var spec = before.Spec with
        {
            Containers = WithResources(before.Spec.Containers, template.Spec.Containers),
            InitContainers = WithResources(before.Spec.InitContainers, template.Spec.InitContainers),
        };
        if (old.Status.StartTime is not null)
            return before with { Spec = spec };
        var affinity = (spec.Affinity ?? Affinity.Empty) with { NodeAffinity = template.Spec.Affinity?.NodeAffinity };
        return before with
        {
            Metadata = before.Metadata with { Labels = template.Metadata.Labels, Annotations = template.Metadata.Annotations },
            Spec = spec with
            {
                Affinity = affinity == Affinity.Empty && template.Spec.Affinity is null ? null : affinity,
                NodeSelector = template.Spec.NodeSelector,
                Tolerations = template.Spec.Tolerations,
                SchedulingGates = template.Spec.SchedulingGates,
            },
        };
    }

    private static ApiList<Container> WithResources(ApiList<Container> containers, ApiList<Container> from)
    {
        if (containers.Count != from.Count)
            return containers;
        var i = 0;
        return containers.Map(c =>
        {
            var other = from[i++];
            return other.Name == c.Name && other.Resources != c.Resources ? c with { Resources = other.Resources } : c;
        });
    }

    private static bool IsTrue(JobStatus status, string type) => status.Conditions.Any(c => c.Type == type && c.Status == "True");

    private static void ManagedBy(FieldErrors errors, FieldPath path, string? name)
    {
        if (name is null)
            return;
        BasicRules.DomainPrefixedPath(errors, path, name);
        if (name.Length > ManagedByMax)
            errors.TooLong(path, ManagedByMax);
    }

    private static void Indexes(FieldErrors errors, FieldPath path, JobSpec spec)
    {
        if (spec.CompletionMode is not (null or "NonIndexed" or "Indexed"))
            errors.NotSupported(path["completionMode"], spec.CompletionMode, "NonIndexed", "Indexed");
        if (spec.CompletionMode is null or "NonIndexed")
        {
            if (spec.BackoffLimitPerIndex is { } limit)
                errors.Invalid(path["backoffLimitPerIndex"], limit, "requires indexed completion mode");
            if (spec.MaxFailedIndexes is { } failed)
                errors.Invalid(path["maxFailedIndexes"], failed, "requires indexed completion mode");
        }

        if (spec.CompletionMode != "Indexed")
            return;
        if (spec.Completions is null)
            errors.Required(path["completions"], "when completion mode is Indexed");
        if (spec.Parallelism > ParallelismMax)
            errors.Invalid(path["parallelism"], spec.Parallelism, $"must be less than or equal to {ParallelismMax} when completion mode is Indexed");
        if (spec.MaxFailedIndexes > spec.Completions)
            errors.Invalid(path["maxFailedIndexes"], spec.MaxFailedIndexes, "must be less than or equal to completions");
        if (spec.MaxFailedIndexes > FailedIndexesMax)
            errors.Invalid(path["maxFailedIndexes"], spec.MaxFailedIndexes, $"must be less than or equal to {FailedIndexesMax}");
        if (spec.Completions is not > ManyCompletions || spec.BackoffLimitPerIndex is null)
            return;
        var why = $"must be less than or equal to {LimitForManyCompletions} when completions are above {ManyCompletions} and used with backoff limit per index";
        if (spec.MaxFailedIndexes is null)
            errors.Required(path["maxFailedIndexes"], $"must be specified when completions is above {ManyCompletions}");
        if (spec.Parallelism > LimitForManyCompletions)
            errors.Invalid(path["parallelism"], spec.Parallelism, why);
        if (spec.MaxFailedIndexes > LimitForManyCompletions)
            errors.Invalid(path["maxFailedIndexes"], spec.MaxFailedIndexes, why);
    }

    private static void FailurePolicy(FieldErrors errors, FieldPath path, JobSpec spec, PodFailurePolicy policy)
    {
        if (policy.Rules.Count > RulesMax)
            errors.TooMany(path, policy.Rules.Count, RulesMax);
        for (var i = 0; i < policy.Rules.Count; i++)
        {
            var (rule, at) = (policy.Rules[i], path[i]);
            if (rule.Action.Length == 0)
                errors.Required(at["action"], "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]");
            else if (rule.Action == "FailIndex" && spec.BackoffLimitPerIndex is null)
                errors.Invalid(at["action"], rule.Action, "requires the backoffLimitPerIndex to be set");
            else
                BasicRules.OneOf(errors, at["action"], rule.Action, "Count", "FailIndex", "FailJob", "Ignore");
            if (rule.OnExitCodes is { } codes)
                ExitCodes(errors, at["onExitCodes"], spec, codes);
            Conditions(errors, at["onPodConditions"], rule.OnPodConditions);
            if (rule.OnExitCodes is not null && !rule.OnPodConditions.IsEmpty)
                errors.InvalidStruct(at, "specifying both OnExitCodes and OnPodConditions is not supported");
            else if (rule.OnExitCodes is null && rule.OnPodConditions.IsEmpty)
                errors.InvalidStruct(at, "specifying one of OnExitCodes and OnPodConditions is required");
        }
    }

    private static void Conditions(FieldErrors errors, FieldPath path, ApiList<PodFailurePolicyOnPodConditionsPattern> patterns)
    {
        if (patterns.Count > PatternsMax)
            errors.TooMany(path, patterns.Count, PatternsMax);
        for (var i = 0; i < patterns.Count; i++)
        {
            errors.Invalid(path[i]["type"], patterns[i].Type, NameSyntax.QualifiedName(patterns[i].Type));
            if (patterns[i].Status.Length == 0)
                errors.Required(path[i]["status"], "valid values: [\"False\" \"True\" \"Unknown\"]");
            else
                BasicRules.OneOf(errors, path[i]["status"], patterns[i].Status, "False", "True", "Unknown");
        }
    }

    private static void ExitCodes(FieldErrors errors, FieldPath path, JobSpec spec, PodFailurePolicyOnExitCodesRequirement codes)
    {
        if (codes.Operator.Length == 0)
            errors.Required(path["operator"], "valid values: [\"In\" \"NotIn\"]");
        else
            BasicRules.OneOf(errors, path["operator"], codes.Operator, "In", "NotIn");
        if (codes.ContainerName is { } name && spec.Template.Spec.Containers.All(c => c.Name != name) && spec.Template.Spec.InitContainers.All(c => c.Name != name))
            errors.Invalid(path["containerName"], name, "must be one of the container or initContainer names in the pod template");
        var values = path["values"];
        if (codes.Values.IsEmpty)
            errors.Invalid(values, codes.Values, "at least one value is required");
        if (codes.Values.Count > ExitCodesMax)
            errors.TooMany(values, codes.Values.Count, ExitCodesMax);
        for (var i = 0; i < codes.Values.Count; i++)
        {
            if (codes.Operator == "In" && codes.Values[i] == 0)
                errors.Invalid(values[i], codes.Values[i], "must not be 0 for the In operator");
            if (i > 0 && codes.Values[i] == codes.Values[i - 1])
                errors.Duplicate(values[i], codes.Values[i]);
            else if (i > 0 && codes.Values[i] < codes.Values[i - 1])
                errors.Invalid(values, codes.Values, "must be ordered");
        }
    }
}
