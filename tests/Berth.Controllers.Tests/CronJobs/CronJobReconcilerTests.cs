using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.CronJobs;
using Berth.Controllers.Jobs;

namespace Berth.Controllers.Tests.CronJobs;

public sealed class CronJobReconcilerTests
{
    private static readonly HashSet<string> s_none = [];

    [Fact]
    public void Plan_Due_StartsAJobNamedByItsTime()
    {
        var plan = CronJobReconciler.Plan(Cron("*/5 * * * *"), [], s_none, Given.Now.AddMinutes(5).AddSeconds(2));

        Assert.Equal($"tick-{Given.Now.AddMinutes(5).ToUnixTimeSeconds() / 60}", plan.Create!.Metadata.Name);
        Assert.Equal("2026-03-01T12:05:00Z", plan.Create.Metadata.Annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"]);
        Assert.Equal(Given.Now.AddMinutes(5), plan.ScheduledFor);
        Assert.Equal(TimeSpan.FromSeconds(298.1), plan.CheckAfter);
    }

    [Fact]
    public void Plan_NotDue_WaitsForTheTime()
    {
        var plan = CronJobReconciler.Plan(Cron("0 13 * * *"), [], s_none, Given.Now.AddMinutes(1));

        Assert.Null(plan.Create);
        Assert.Equal(TimeSpan.FromMinutes(59) + TimeSpan.FromMilliseconds(100), plan.CheckAfter);
    }

    [Fact]
    public void Plan_StartedAlready_DoesNotStartAgain()
    {
        var cron = Cron("*/5 * * * *");
        var now = Given.Now.AddMinutes(6);
        var first = CronJobReconciler.Plan(cron, [], s_none, now);
        var started = first.Create! with { Metadata = first.Create.Metadata with { Uid = "job-1" } };
        cron = cron with { Status = CronJobReconciler.Started(first.Status, started, first.ScheduledFor) };

        var second = CronJobReconciler.Plan(cron, [started], s_none, now);

        Assert.Null(second.Create);
        Assert.Equal(cron.Status, second.Status);
        Assert.Empty(second.Events);
    }

    [Theory]
    [InlineData("Allow", true, 0)]
    [InlineData("Forbid", false, 0)]
    [InlineData("Replace", true, 1)]
    public void Plan_OneStillRuns_FollowsThePolicy(string policy, bool starts, int replaced)
    {
        var running = Job("tick-1", null);
        var cron = Running(Cron("*/5 * * * *") with { }, running);
        cron = cron with { Spec = cron.Spec with { ConcurrencyPolicy = policy } };

        var plan = CronJobReconciler.Plan(cron, [running], s_none, Given.Now.AddMinutes(6));

        Assert.Equal(starts, plan.Create is not null);
        Assert.Equal(replaced, plan.Replace.Count);
        Assert.Equal(!starts, plan.Events.Any(e => e.Reason == "JobAlreadyActive"));
    }

    [Fact]
    public void Plan_PastTheStartingDeadline_Misses()
    {
        var cron = Cron("0 * * * *");
        cron = cron with { Spec = cron.Spec with { StartingDeadlineSeconds = 600 } };
        Assert.NotNull(CronJobReconciler.Plan(cron, [], s_none, Given.Now.AddHours(1).AddMinutes(9)).Create);
        Assert.Null(CronJobReconciler.Plan(cron, [], s_none, Given.Now.AddHours(1).AddMinutes(11)).Create);
    }

    [Fact]
    public void Plan_AwayForAYear_StartsTheLatestAndWarns()
    {
        var plan = CronJobReconciler.Plan(Cron("*/10 * * * *"), [], s_none, Given.Now.AddDays(365).AddMinutes(3));

        Assert.Equal(Given.Now.AddDays(365), plan.ScheduledFor);
        Assert.Contains(plan.Events, e => e.Reason == "TooManyMissedTimes");
    }

    [Fact]
    public void Plan_FinishedJobs_AreCountedAndForgotten()
    {
        var jobs = Enumerable.Range(1, 5).Select(i => Job($"tick-{i}", i == 5 ? "Failed" : "Complete", i)).ToList();
        var cron = Running(Cron("0 0 1 1 *"), jobs[3]);

        var plan = CronJobReconciler.Plan(cron, jobs, s_none, Given.Now.AddMinutes(20));

        Assert.Equal(["tick-1"], plan.Forget.Select(j => j.Metadata.Name));
        Assert.Empty(plan.Status.Active);
        Assert.Equal(Given.Now.AddMinutes(4), plan.Status.LastSuccessfulTime!.Value.Value);
        Assert.Contains(plan.Events, e => e is { Reason: "SawCompletedJob", Message: "Saw completed job: tick-4, condition: Complete" });
    }

    [Fact]
    public void Plan_Suspended_StartsNothing()
    {
        var cron = Cron("* * * * *");
        Assert.Null(CronJobReconciler.Plan(cron with { Spec = cron.Spec with { Suspend = true } }, [], s_none, Given.Now.AddHours(1)).Create);
    }

    [Fact]
    public void Plan_UnknownTimeZone_SaysSo()
    {
        var cron = Cron("* * * * *");
        var plan = CronJobReconciler.Plan(cron with { Spec = cron.Spec with { TimeZone = "Nowhere/Land" } }, [], s_none, Given.Now.AddHours(1));

        Assert.Null(plan.Create);
        Assert.Equal("UnknownTimeZone", Assert.Single(plan.Events).Reason);
    }

    private static CronJob Cron(string schedule) => new()
    {
        Metadata = new ObjectMeta { Name = "tick", Namespace = "default", Uid = "cron", CreationTimestamp = Given.Now },
        Spec = new CronJobSpec { Schedule = schedule, SuccessfulJobsHistoryLimit = 3, FailedJobsHistoryLimit = 1 },
    };

    private static CronJob Running(CronJob cron, Job job) =>
        cron with { Status = new CronJobStatus { Active = [new ObjectReference { Name = job.Metadata.Name, Uid = job.Metadata.Uid }] } };

    private static Job Job(string name, string? end, int minute = 0) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = "uid-" + name },
        Status = new JobStatus
        {
            StartTime = Given.Now.AddMinutes(minute),
            CompletionTime = end == "Complete" ? Given.Now.AddMinutes(minute) : null,
            Conditions = end is null ? [] : [JobConditions.Make(end, "", "", Given.Now)],
        },
    };
}
