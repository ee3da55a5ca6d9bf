using System.Globalization;
using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.Jobs;
using Berth.Controllers.Pods;

namespace Berth.Controllers.CronJobs;

/// <summary>Decides which of a CronJob's Jobs are over, which to forget, and whether one is due.</summary>
public static class CronJobReconciler
{
    private const string ScheduledAnnotation = "batch.kubernetes.io/cronjob-scheduled-timestamp";

    // Past this many the clock or the controller has been away: worth a warning, not a hundred Jobs.
    private const int MissedMax = 100;

    // A look right at the due time might come a moment too early.
    private static readonly TimeSpan s_delay = TimeSpan.FromMilliseconds(100);

    /// <param name="jobs">The CronJob's own.</param>
    /// <param name="missing">Uids in the status whose Jobs the server no longer has.</param>
    public static CronJobPlan Plan(CronJob cron, IReadOnlyList<Job> jobs, IReadOnlySet<string> missing, DateTimeOffset now)
    {
        var events = new List<JobEvent>();
        var status = CountFinished(cron, jobs, missing, events);
        var forget = Beyond(jobs, cron.Spec.SuccessfulJobsHistoryLimit, JobConditions.Complete)
            .Concat(Beyond(jobs, cron.Spec.FailedJobsHistoryLimit, JobConditions.Failed)).ToList();
        var idle = new CronJobPlan(status, forget, [], null, null, events);
        if (cron.Metadata.DeletionTimestamp is not null)
            return idle;
        if (Schedule(cron, events) is not { } schedule || cron.Spec.Suspend == true)
            return idle;

        var due = Due(cron, schedule, now, events);
        var waiting = idle with { CheckAfter = NextIn(cron, schedule, due, now) };
        if (due is not { } time)
            return waiting;
        if (cron.Spec.StartingDeadlineSeconds is { } deadline && time.AddSeconds(deadline) < now)
        {
            events.Add(new("Warning", "MissSchedule", $"Missed scheduled time to start a job: {time.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} +0000"));
            return waiting;
        }

        var job = Make(cron, time);
        if (status.LastScheduleTime is { } last && last.Value == time || status.Active.Any(a => a.Name == job.Metadata.Name))
            return waiting;
        if (cron.Spec.ConcurrencyPolicy == "Forbid" && status.Active.Count > 0)
        {
            events.Add(new("Normal", "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid"));
            return waiting;
        }

        var replace = cron.Spec.ConcurrencyPolicy == "Replace" ? status.Active : [];
        return waiting with { Replace = replace, Create = job, ScheduledFor = time };
    }

    /// <summary>The status once a Job was started.</summary>
    public static CronJobStatus Started(CronJobStatus status, Job job, DateTimeOffset scheduledFor) => status with
    {
        LastScheduleTime = scheduledFor,
        Active = status.Active.Add(new ObjectReference
        {
            Kind = Job.Kind.Kind,
            ApiVersion = Job.Kind.ApiVersion,
            Namespace = job.Metadata.Namespace,
            Name = job.Metadata.Name,
            Uid = job.Metadata.Uid,
            ResourceVersion = job.Metadata.ResourceVersion,
        }),
    };

    private static CronJobStatus CountFinished(CronJob cron, IReadOnlyList<Job> jobs, IReadOnlySet<string> missing, List<JobEvent> events)
    {
        var active = cron.Status.Active.ToList();
        var succeeded = cron.Status.LastSuccessfulTime;
        foreach (var job in jobs)
        {
            var known = active.FindIndex(a => a.Uid == job.Metadata.Uid);
            if (JobConditions.End(job) is not { } end)
            {
                if (known < 0)
                    events.Add(new("Warning", "UnexpectedJob", $"Saw a job that the controller did not create or forgot: {job.Metadata.Name}"));
                continue;
            }

            if (known >= 0)
            {
                active.RemoveAt(known);
                events.Add(new("Normal", "SawCompletedJob", $"Saw completed job: {job.Metadata.Name}, condition: {end.Type}"));
            }

            if (end.Type == JobConditions.Complete && job.Status.CompletionTime is { } at && (succeeded is null || at > succeeded))
                succeeded = at;
        }

        foreach (var gone in active.FindAll(a => missing.Contains(a.Uid)))
        {
            active.Remove(gone);
            events.Add(new("Normal", "MissingJob", $"Active job went missing: {gone.Name}"));
        }

        return cron.Status with { Active = active.Count == cron.Status.Active.Count ? cron.Status.Active : active.ToApiList(), LastSuccessfulTime = succeeded };
    }

    // The oldest of those that ended this way, beyond the limit; none when there is no limit.
    private static IEnumerable<Job> Beyond(IReadOnlyList<Job> jobs, int? limit, string end)
    {
        if (limit is not { } most)
            return [];
        var ended = jobs.Where(j => JobConditions.End(j)?.Type == end)
            .OrderBy(static j => j.Status.StartTime?.Value ?? DateTimeOffset.MinValue)
            .ThenBy(static j => j.Metadata.Name, StringComparer.Ordinal).ToList();
        return ended.Take(Math.Max(0, ended.Count - most));
    }

    private static CronSchedule? Schedule(CronJob cron, List<JobEvent> events)
    {
        try
        {
            return CronSchedule.Parse(cron.Spec.Schedule, Zone(cron));
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            events.Add(new("Warning", "UnknownTimeZone", $"invalid timeZone: \"{cron.Spec.TimeZone}\": unknown time zone {cron.Spec.TimeZone}"));
        }
        catch (FormatException e)
        {
            events.Add(new("Warning", "UnparseableSchedule", $"unparseable schedule: \"{cron.Spec.Schedule}\" : {e.Message}"));
        }

        return null;
    }

    // Servers run in UTC; a CronJob that means another zone names it.
    private static TimeZoneInfo Zone(CronJob cron) =>
        string.IsNullOrEmpty(cron.Spec.TimeZone) ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(cron.Spec.TimeZone);

    // The latest time that has passed since the last start. Times missed before it are not made up for.
    private static DateTimeOffset? Due(CronJob cron, CronSchedule schedule, DateTimeOffset now, List<JobEvent> events)
    {
        var from = cron.Status.LastScheduleTime?.Value ?? cron.Metadata.CreationTimestamp?.Value ?? now;
        if (cron.Spec.StartingDeadlineSeconds is { } deadline && now.AddSeconds(-deadline) is var earliest && earliest > from)
            from = earliest;
        if (schedule.Next(from) is not { } first || first > now)
            return null;
        if (schedule.Next(first) is not { } second || second > now)
            return first;

        // Counting a year of minutes one by one would take long: the distance of the first two tells how many there are, and
        // the search for the last begins shortly before now.
        var distance = second - first;
        var missed = (now - first).Ticks / distance.Ticks + 1;
        var latest = second;
        var start = missed > MissedMax ? first + distance * (missed - 2) : first;
        for (var next = schedule.Next(start); next is { } time && time <= now; next = schedule.Next(time))
            latest = time;
        if (missed > MissedMax)
            events.Add(new("Warning", "TooManyMissedTimes", "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"));
        return latest;
    }

    private static TimeSpan? NextIn(CronJob cron, CronSchedule schedule, DateTimeOffset? due, DateTimeOffset now)
    {
        var from = due ?? cron.Status.LastScheduleTime?.Value ?? cron.Metadata.CreationTimestamp?.Value ?? now;
        var next = schedule.Next(from);
        if (next is { } past && past <= now)
            next = schedule.Next(now);
        return next is { } time ? time - now + s_delay : null;
    }

    private static Job Make(CronJob cron, DateTimeOffset time)
    {
        var template = cron.Spec.JobTemplate;
        var minutes = (time.ToUnixTimeSeconds() / 60).ToString(CultureInfo.InvariantCulture);
        var local = TimeZoneInfo.ConvertTime(time, Zone(cron));
        var stamp = local.ToString(local.Offset == TimeSpan.Zero ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
        return new Job
        {
            Metadata = new ObjectMeta
            {
                // By its time, so that no time starts two Jobs whatever happens between the start and its record.
                Name = $"{cron.Metadata.Name}-{minutes}",
                Namespace = cron.Metadata.Namespace,
                Labels = template.Metadata.Labels,
                Annotations = template.Metadata.Annotations.With(ScheduledAnnotation, stamp),
                OwnerReferences = [ControllerRefs.Make(cron)],
            },
            Spec = template.Spec,
        };
    }
}

/// <param name="Status">As far as it follows from Jobs that ended.</param>
/// <param name="Forget">Finished Jobs beyond the history limits.</param>
/// <param name="Replace">Running Jobs to delete before the new one starts.</param>
/// <param name="Create">The Job that is due; null for none.</param>
/// <param name="CheckAfter">When the next one is due; null for never.</param>
public sealed record CronJobPlan(
    CronJobStatus Status, IReadOnlyList<Job> Forget, IReadOnlyList<ObjectReference> Replace, Job? Create, TimeSpan? CheckAfter, IReadOnlyList<JobEvent> Events)
{
    /// <summary>The time that <see cref="Create"/> is for.</summary>
    public DateTimeOffset ScheduledFor { get; init; }
}
