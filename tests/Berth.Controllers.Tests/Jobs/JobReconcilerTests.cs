using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Controllers.Jobs;

namespace Berth.Controllers.Tests.Jobs;

public sealed class JobReconcilerTests
{
    [Theory]
    [InlineData(10, 3, false)]
    [InlineData(10, 3, true)]
    [InlineData(1, 1, false)]
    [InlineData(25, 40, true)]
    public void Run_ControllerDiesAnywhere_CountsEachPodOnce(int completions, int parallelism, bool indexed)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var start = SimulatedJob.Start(completions, parallelism, indexed);
            var job = new SimulatedJob(start with { Spec = start.Spec with { BackoffLimit = 1000 } }, seed);
            for (var i = 0; i < 40; i++)
            {
                job.Reconcile(crash: 0.3);
                Assert.True(job.Active.Count() <= parallelism, $"seed {seed}: {job.Active.Count()} active, {parallelism} may be");
                job.RunPods(0.4, failures: 0.3);
                job.Now = job.Now.AddMinutes(11);
            }

            job.Settle(failures: 0.2);

            Assert.Equal("Complete", job.End!.Type);
            Assert.Equal(completions, job.Job.Status.Succeeded);
            Assert.Equal(job.Failed.Count, job.Job.Status.Failed);
            Assert.DoesNotContain(job.Pods.Values, JobPods.HasFinalizer);
            if (indexed)
            {
                Assert.Equal(completions == 1 ? "0" : $"0-{completions - 1}", job.Job.Status.CompletedIndexes);
                Assert.Equal(Enumerable.Range(0, completions), job.Succeeded.Values.Distinct().Order());
            }
            else
            {
                Assert.Equal(completions, job.Succeeded.Count);
            }
        }
    }

    [Fact]
    public void Run_AllPodsSucceed_EndsInTwoSteps()
    {
        var job = new SimulatedJob(SimulatedJob.Start(2, 2), seed: 1);
        job.Reconcile();
        Assert.Equal(2, job.Job.Status.Active);
        Assert.NotNull(job.Job.Status.StartTime);
        job.RunPods(1, 0);
        job.Settle();

        Assert.Equal(["SuccessCriteriaMet", "Complete"], job.Job.Status.Conditions.Select(c => c.Type));
        Assert.All(job.Job.Status.Conditions, c => Assert.Equal("CompletionsReached", c.Reason));
        Assert.NotNull(job.Job.Status.CompletionTime);
        Assert.Equal(["Completed"], job.Events);
        Assert.Equal(0, job.Job.Status.Active);
    }

    [Fact]
    public void Run_MoreFailuresThanTheLimit_Fails()
    {
        var start = SimulatedJob.Start(1, 1);
        var job = new SimulatedJob(start with { Spec = start.Spec with { BackoffLimit = 2 } }, seed: 1);
        job.Settle(failures: 1);

        Assert.Equal(("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"), (job.End!.Type, job.End.Reason, job.End.Message));
        Assert.Equal(3, job.Job.Status.Failed);
        Assert.Equal(["FailureTarget", "Failed"], job.Job.Status.Conditions.Select(c => c.Type));
        Assert.Equal(["BackoffLimitExceeded"], job.Events);
    }

    [Fact]
    public void Plan_AfterFailures_WaitsLongerEachTime()
    {
        var job = new SimulatedJob(SimulatedJob.Start(1, 1), seed: 1);
        foreach (var seconds in new[] { 10, 20, 40 })
        {
            job.Reconcile();
            job.Finish(Assert.Single(job.Active), "Failed");
            job.Reconcile();
            job.Now = job.Now.AddSeconds(seconds - 1);
            job.Reconcile();
            Assert.Empty(job.Active);
            job.Now = job.Now.AddSeconds(1);
        }
    }

    [Fact]
    public void Run_PastItsDeadline_FailsAndEndsItsPods()
    {
        var start = SimulatedJob.Start(1, 1);
        var job = new SimulatedJob(start with { Spec = start.Spec with { ActiveDeadlineSeconds = 60 } }, seed: 1);
        job.Reconcile();
        job.Now = job.Now.AddSeconds(61);
        job.Reconcile();
        Assert.Null(job.End);
        Assert.Empty(job.Active);
        job.Settle();

        Assert.Equal(("Failed", "DeadlineExceeded"), (job.End!.Type, job.End.Reason));
    }

    [Fact]
    public void Run_SuspendedAndResumed_StopsAndStarts()
    {
        var start = SimulatedJob.Start(2, 2);
        var job = new SimulatedJob(start with { Spec = start.Spec with { Suspend = true } }, seed: 1);
        job.Reconcile();
        Assert.Empty(job.Pods);
        Assert.Null(job.Job.Status.StartTime);
        Assert.Equal(("Suspended", "True"), (job.Job.Status.Conditions[0].Type, job.Job.Status.Conditions[0].Status));

        job.Job = job.Job with { Spec = job.Job.Spec with { Suspend = false } };
        job.Reconcile();
        Assert.Equal(2, job.Active.Count());
        Assert.Equal(job.Now, job.Job.Status.StartTime!.Value.Value);

        job.Job = job.Job with { Spec = job.Job.Spec with { Suspend = true } };
        job.Reconcile();
        Assert.Empty(job.Active);
        Assert.Equal(["Suspended", "Resumed", "Suspended"], job.Events);
    }

    [Fact]
    public void Run_PolicyFailsTheJob_SaysWhichRule()
    {
        var start = SimulatedJob.Start(3, 3);
        var policy = new PodFailurePolicy
        {
            Rules =
            [
                new() { Action = "Ignore", OnExitCodes = new() { Operator = "In", Values = [7] } },
                new() { Action = "FailJob", OnExitCodes = new() { Operator = "In", Values = [42] } },
            ],
        };
        var job = new SimulatedJob(start with { Spec = start.Spec with { PodFailurePolicy = policy } }, seed: 1);
        job.Reconcile();
        job.Finish(job.Active.First(), "Failed", exitCode: 7);
        job.Reconcile();
        Assert.Equal(0, job.Job.Status.Failed);
        Assert.Null(job.End);

        job.Finish(job.Active.First(), "Failed", exitCode: 42);
        job.Settle();

        Assert.Equal(("Failed", "PodFailurePolicy"), (job.End!.Type, job.End.Reason));
        Assert.Contains("failed with exit code 42 matching FailJob rule at index 1", job.End.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_LimitPerIndex_FailsTheIndexAndFinishesTheOthers()
    {
        var start = SimulatedJob.Start(3, 3, indexed: true);
        var job = new SimulatedJob(start with { Spec = start.Spec with { BackoffLimit = null, BackoffLimitPerIndex = 1 } }, seed: 1);
        for (var i = 0; i < 60 && job.End is null; i++)
        {
            job.Reconcile();
            foreach (var pod in job.Active.ToList())
                job.Finish(pod, JobPods.Index(pod) == 1 ? "Failed" : "Succeeded");
            job.Now = job.Now.AddMinutes(11);
        }

        Assert.Equal(("Failed", "FailedIndexes"), (job.End!.Type, job.End.Reason));
        Assert.Equal(("0,2", "1"), (job.Job.Status.CompletedIndexes, job.Job.Status.FailedIndexes));
        Assert.Equal(2, job.Job.Status.Failed);
    }

    [Fact]
    public void Run_SuccessPolicyMet_EndsTheRest()
    {
        var start = SimulatedJob.Start(4, 4, indexed: true);
        var policy = new SuccessPolicy { Rules = [new() { SucceededIndexes = "0-1" }] };
        var job = new SimulatedJob(start with { Spec = start.Spec with { SuccessPolicy = policy } }, seed: 1);
        job.Reconcile();
        foreach (var pod in job.Active.Where(p => JobPods.Index(p) < 2).ToList())
            job.Finish(pod, "Succeeded");
        job.Settle();

        Assert.Equal(("Complete", "SuccessPolicy"), (job.End!.Type, job.End.Reason));
        Assert.Equal("0,1", job.Job.Status.CompletedIndexes);
    }

    [Fact]
    public void Make_IndexedPod_KnowsItsIndex()
    {
        var pod = JobPods.Make(SimulatedJob.Start(3, 3, indexed: true), 2, null);

        Assert.Equal("work-2-", pod.Metadata.GenerateName);
        Assert.Equal("work-2", pod.Spec.Hostname);
        Assert.Equal("2", pod.Metadata.Labels["batch.kubernetes.io/job-completion-index"]);
        Assert.Equal("2", pod.Metadata.Annotations["batch.kubernetes.io/job-completion-index"]);
        Assert.Equal("JOB_COMPLETION_INDEX", Assert.Single(pod.Spec.Containers[0].Env).Name);
        Assert.Contains(JobPods.Finalizer, pod.Metadata.Finalizers);
    }
}
