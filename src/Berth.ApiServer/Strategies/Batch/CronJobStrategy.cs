using Berth.Api.Batch.V1;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Validation;
using Berth.ApiServer.Validation.Pods;

namespace Berth.ApiServer.Strategies.Batch;

public sealed class CronJobStrategy : SpecAndStatusStrategy<CronJob>
{
    public override CronJob Default(CronJob value)
    {
        var spec = value.Spec;
        var job = spec.JobTemplate.Spec;
        spec = spec with
        {
            ConcurrencyPolicy = spec.ConcurrencyPolicy.Length > 0 ? spec.ConcurrencyPolicy : "Allow",
            Suspend = spec.Suspend ?? false,
            SuccessfulJobsHistoryLimit = spec.SuccessfulJobsHistoryLimit ?? 3,
            FailedJobsHistoryLimit = spec.FailedJobsHistoryLimit ?? 1,
            JobTemplate = spec.JobTemplate with
            {
                Spec = job with { Template = PodDefaults.Of(job.Template), PodFailurePolicy = JobStrategy.Default(job.PodFailurePolicy) },
            },
        };
        return spec == value.Spec ? value : value with { Spec = spec };
    }

    public override void Validate(CronJob value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        if (spec.Schedule.Length == 0)
        {
            errors.Required(path["schedule"]);
        }
        else
        {
            if (CronSyntax.Problem(spec.Schedule) is { } problem)
                errors.Invalid(path["schedule"], spec.Schedule, problem);
            if (spec.Schedule.Contains("TZ", StringComparison.Ordinal))
                errors.Invalid(path["schedule"], spec.Schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        }

        if (spec.StartingDeadlineSeconds is { } deadline)
            BasicRules.NonNegative(errors, path["startingDeadlineSeconds"], deadline);
        TimeZone(errors, path["timeZone"], spec.TimeZone);
        BasicRules.RequiredOneOf(errors, path["concurrencyPolicy"], spec.ConcurrencyPolicy, "Allow", "Forbid", "Replace");
        var job = path["jobTemplate"]["spec"];
        JobRules.Validate(errors, job, spec.JobTemplate.Spec);
        if (spec.JobTemplate.Spec.Selector is { } selector)
            errors.Invalid(job["selector"], selector, "`selector` will be auto-generated");
        if (spec.JobTemplate.Spec.ManualSelector == true)
            errors.NotSupported(job["manualSelector"], true, "nil", "false");
        if (spec.SuccessfulJobsHistoryLimit is { } successful)
            BasicRules.NonNegative(errors, path["successfulJobsHistoryLimit"], successful);
        if (spec.FailedJobsHistoryLimit is { } failed)
            BasicRules.NonNegative(errors, path["failedJobsHistoryLimit"], failed);
        // Eleven characters are put behind the name for each job, whose name becomes a label.
        if (value.Metadata.Name.Length > 52)
            errors.Invalid("metadata.name", value.Metadata.Name, "must be no more than 52 characters");
    }

    private static void TimeZone(FieldErrors errors, FieldPath path, string? zone)
    {
        if (zone is null)
            return;
        if (zone.Length == 0)
            errors.Invalid(path, zone, "timeZone must be nil or non-empty string");
        else if (string.Equals(zone, "Local", StringComparison.OrdinalIgnoreCase))
            errors.Invalid(path, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        else if (zone.Split('/').Any(p => p is "" or "." or ".." || p[0] == '-') || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            errors.Invalid(path, zone, $"unknown time zone {zone}");
    }

    public override IEnumerable<string> Warnings(CronJob value, CronJob? old)
    {
        var template = value.Spec.JobTemplate.Spec.Template;
        return old is not null && template == old.Spec.JobTemplate.Spec.Template
            ? []
            : [.. PodWarnings.OfName(value.Metadata.Name), .. PodWarnings.Of(FieldPath.Spec["jobTemplate"]["spec"]["template"], template.Spec, template.Metadata)];
    }

    protected override CronJob WithoutStatus(CronJob value) => value with { Status = CronJobStatus.Empty };

    protected override CronJob WithStatusOf(CronJob value, CronJob other) => value with { Status = other.Status };

    protected override CronJob WithSpecOf(CronJob value, CronJob other) => value with { Spec = other.Spec };

    protected override bool SameSpec(CronJob value, CronJob other) => value.Spec == other.Spec;
}
