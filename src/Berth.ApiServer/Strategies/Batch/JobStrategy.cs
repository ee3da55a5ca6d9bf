using System.Globalization;
using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Meta.V1;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

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

    public override void Validate(Job value, FieldErrors errors)
    {
        GeneratedSelector(errors, value);
        JobRules.Validate(errors, FieldPath.Spec, value.Spec);
        JobRules.Selector(errors, FieldPath.Spec, value.Spec);
        if (value.Spec is { CompletionMode: "Indexed", Completions: > 0 and var completions })
        {
            var last = $"{value.Metadata.Name}-{completions - 1}";
            if (NameSyntax.DnsLabel(last).Length > 0)
                errors.Invalid("metadata.name", value.Metadata.Name, $"will not able to create pod with invalid DNS label: {last}");
        }
    }

    public override void ValidateUpdate(Job value, Job old, FieldErrors errors) => JobRules.Unchanged(errors, FieldPath.Spec, value, old);

    public override void ValidateStatusUpdate(Job value, Job old, FieldErrors errors) => JobRules.Status(errors, FieldPath.Root["status"], value, old);

    private static void GeneratedSelector(FieldErrors errors, Job job)
    {
        if (job.Spec.ManualSelector == true)
            return;
        var labels = job.Spec.Template.Metadata.Labels;
        var path = FieldPath.Spec["template"]["metadata"]["labels"];
        foreach (var (key, value) in (ReadOnlySpan<(string, string)>)
            [(OldControllerUid, job.Metadata.Uid), (OldJobName, job.Metadata.Name), (ControllerUid, job.Metadata.Uid), (JobName, job.Metadata.Name)])
        {
            if (!labels.TryGetValue(key, out var actual))
                errors.Required(path.Key(key), $"must be '{value}'");
            else if (actual != value)
                errors.Invalid(path.Key(key), labels, $"must be '{value}'");
        }

        if (job.Spec.Selector is { } selector && selector.MatchLabels.GetOr(ControllerUid) != job.Metadata.Uid && selector.MatchLabels.GetOr(OldControllerUid) != job.Metadata.Uid)
            errors.Invalid(FieldPath.Spec["selector"], selector, "`selector` not auto-generated");
    }

    public override IEnumerable<string> Warnings(Job value, Job? old) => old is not null && value.Spec.Template == old.Spec.Template
        ? []
        : [.. PodWarnings.OfName(value.Metadata.Name), .. PodWarnings.Of(FieldPath.Spec["template"], value.Spec.Template.Spec, value.Spec.Template.Metadata)];

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
        // A job without labels has those of its template, these among them.
        var inherits = job.Metadata.Labels.Equals(template.Metadata.Labels) && !template.Metadata.Labels.IsEmpty;
        return job with
        {
            Metadata = inherits ? job.Metadata with { Labels = labels } : job.Metadata,
            Spec = job.Spec with
            {
                Selector = selector,
                Template = template with { Metadata = template.Metadata with { Labels = labels } },
            },
        };
    }
}
