using System.Globalization;
using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Strategies.Pods;

namespace Berth.ApiServer.Strategies.Batch;

public sealed class JobStrategy : SpecAndStatusStrategy<Job>
{
    private const string ControllerUid = "batch.kubernetes.io/controller-uid";
    private const string JobName = "batch.kubernetes.io/job-name";

    // What pods of jobs carried before the labels got their prefix; still written, since clients select by them.
    private const string OldControllerUid = "controller-uid";
    private const string OldJobName = "job-name";

    public override IReadOnlyDictionary<string, Func<Job, string>> SelectableFields { get; } = new Dictionary<string, Func<Job, string>>
    {
        ["status.successful"] = j => j.Status.Succeeded.ToString(CultureInfo.InvariantCulture),
    };

    public override Job Default(Job value)
    {
        var spec = value.Spec;
        if (spec is { Completions: null, Parallelism: null })
            spec = spec with { Completions = 1 };
        spec = spec with
        {
            Parallelism = spec.Parallelism ?? 1,
            BackoffLimit = spec.BackoffLimit ?? (spec.BackoffLimitPerIndex is null ? 6 : int.MaxValue),
            CompletionMode = spec.CompletionMode ?? "NonIndexed",
            Suspend = spec.Suspend ?? false,
            PodReplacementPolicy = spec.PodReplacementPolicy ?? (spec.PodFailurePolicy is null ? "TerminatingOrFailed" : "Failed"),
            ManualSelector = spec.ManualSelector ?? false,
            PodFailurePolicy = Default(spec.PodFailurePolicy),
            Template = PodDefaults.Of(spec.Template),
        };
        var result = value;
        if (spec != value.Spec)
            result = result with { Spec = spec };
        if (result.Metadata.Labels.IsEmpty && !spec.Template.Metadata.Labels.IsEmpty)
            result = result with { Metadata = result.Metadata with { Labels = spec.Template.Metadata.Labels } };
        return result;
    }

    public static PodFailurePolicy? Default(PodFailurePolicy? policy)
    {
        if (policy is null)
            return null;
        var rules = policy.Rules.Map(r =>
        {
            var conditions = r.OnPodConditions.Map(c => c.Status.Length > 0 ? c : c with { Status = "True" });
            return ReferenceEquals(conditions, r.OnPodConditions) ? r : r with { OnPodConditions = conditions };
        });
        return ReferenceEquals(rules, policy.Rules) ? policy : policy with { Rules = rules };
    }

    public override Job PrepareForCreate(Job value) => WithSelector(base.PrepareForCreate(value));

    protected override Job WithoutStatus(Job value) => value with { Status = JobStatus.Empty };

    protected override Job WithStatusOf(Job value, Job other) => value with { Status = other.Status };

    protected override Job WithSpecOf(Job value, Job other) => value with { Spec = other.Spec };

    protected override bool SameSpec(Job value, Job other) => value.Spec == other.Spec;

    // A job finds its pods by its own uid, so that no two jobs share pods, whatever their templates say.
    private static Job WithSelector(Job job)
    {
        if (job.Spec.ManualSelector == true)
            return job;
        var (name, uid) = (job.Metadata.Name, job.Metadata.Uid);
        var labels = job.Spec.Template.Metadata.Labels;
        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)[(ControllerUid, uid), (JobName, name), (OldControllerUid, uid), (OldJobName, name)])
        {
            if (!labels.ContainsKey(key))
                labels = labels.With(key, value);
        }

        var selector = job.Spec.Selector ?? LabelSelector.Empty;
        if (!selector.MatchLabels.ContainsKey(ControllerUid))
            selector = selector with { MatchLabels = selector.MatchLabels.With(ControllerUid, uid) };
        var template = job.Spec.Template;
        return job with
        {
            Spec = job.Spec with
            {
                Selector = selector,
                Template = template with { Metadata = template.Metadata with { Labels = labels } },
            },
        };
    }
}
