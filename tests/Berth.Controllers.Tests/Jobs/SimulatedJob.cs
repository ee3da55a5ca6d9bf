using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Controllers.Jobs;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Tests.Jobs;

/// <summary>A Job and its pods, which end by chance; its controller may die between any two of its writes.</summary>
internal sealed class SimulatedJob(Job job, int seed)
{
    private readonly Random _random = new(seed);
    private JobBackoff _backoff = JobBackoff.None;
    private int _made;

    public Job Job { get; set; } = job;

    public Dictionary<string, Pod> Pods { get; } = new(StringComparer.Ordinal);

    public DateTimeOffset Now { get; set; } = Given.Now;

    public List<string> Events { get; } = [];

    /// <summary>Pods that were ever seen to end well, by uid, with their index.</summary>
    public Dictionary<string, int> Succeeded { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Failed { get; } = new(StringComparer.Ordinal);

    public IEnumerable<Pod> Active => Pods.Values.Where(PodFacts.IsActive);

    public JobCondition? End => JobConditions.End(Job);

    public static Job Start(int? completions, int parallelism, bool indexed = false) => new()
    {
        Metadata = new ObjectMeta { Name = "work", Namespace = "default", Uid = "job" },
        Spec = new JobSpec
        {
            Completions = completions,
            Parallelism = parallelism,
            BackoffLimit = 6,
            CompletionMode = indexed ? "Indexed" : "NonIndexed",
            Template = Given.Template() with { Spec = new PodSpec { RestartPolicy = "Never", Containers = [new Container { Name = "main", Image = "work" }] } },
        },
    };

    /// <summary>One run of the controller.</summary>
    /// <param name="crash">Chance that it dies at each point where it could.</param>
    /// <returns>True when something was written.</returns>
    public bool Reconcile(double crash = 0)
    {
        if (End is not null)
            return false;
        var run = new JobReconciler(Job, [.. Pods.Values.OrderBy(p => p.Metadata.Uid, StringComparer.Ordinal)], new HashSet<string>(), _backoff, seen: true, Now);
        var plan = run.Plan();
        foreach (var pod in plan.Delete)
            Delete(pod);
        foreach (var pod in plan.Create)
            Add(pod);
        if (_random.NextDouble() < crash)
            return true;
        var tracking = run.Track(new JobOutcome(plan.Delete, plan.Create.Count));
        if (tracking.Status is { } status)
        {
            Job = Job with { Status = status };
            _backoff = run.Backoff;
            Events.AddRange(tracking.Events.Select(e => e.Reason));
        }

        var released = new HashSet<string>();
        foreach (var pod in tracking.Release)
        {
            if (_random.NextDouble() < crash)
                return true;
            Release(pod.Metadata.Uid);
            released.Add(pod.Metadata.Uid);
        }

        var settlement = run.Settle(released);
        if (_random.NextDouble() < crash)
            return true;
        if (settlement.Status is { } settled)
        {
            Job = Job with { Status = settled };
            Events.AddRange(settlement.Events.Select(e => e.Reason));
        }

        return plan.Delete.Count + plan.Create.Count + released.Count > 0 || tracking.Status is not null || settlement.Status is not null;
    }

    /// <summary>Ends running pods by chance.</summary>
    public void RunPods(double ends, double failures, int exitCode = 1)
    {
        foreach (var pod in Pods.Values.Where(p => !PodFacts.IsFinished(p)).ToList())
        {
            if (pod.Metadata.DeletionTimestamp is not null)
                Finish(pod, "Failed", 137);
            else if (_random.NextDouble() < ends)
                Finish(pod, _random.NextDouble() < failures ? "Failed" : "Succeeded", exitCode);
        }
    }

    public void Finish(Pod pod, string phase, int exitCode = 1)
    {
        var ended = new ContainerStateTerminated { ExitCode = phase == "Failed" ? exitCode : 0, FinishedAt = Now };
        Pods[pod.Metadata.Uid] = pod with
        {
            Status = new PodStatus { Phase = phase, ContainerStatuses = [new ContainerStatus { Name = "main", State = new ContainerState { Terminated = ended } }] },
        };
        if (phase == "Succeeded")
            Succeeded[pod.Metadata.Uid] = JobPods.Index(pod) ?? -1;
        else
            Failed.Add(pod.Metadata.Uid);
    }

    /// <summary>Runs until the Job has ended and nothing changes any more.</summary>
    public void Settle(double failures = 0)
    {
        for (var i = 0; i < 2000; i++)
        {
            var changed = Reconcile();
            RunPods(0.7, failures);
            // Past any back-off.
            Now = Now.AddMinutes(11);
            if (!changed && End is not null)
                return;
        }

        Assert.Fail($"did not settle: {Job.Status}; pods {string.Join(", ", Pods.Values.Select(p => $"{p.Metadata.Name} {p.Status.Phase}"))}");
    }

    private void Add(Pod pod)
    {
        var uid = $"pod-{++_made:000}";
        Pods[uid] = pod with
        {
            Metadata = pod.Metadata with { Name = pod.Metadata.GenerateName + _made, Uid = uid, CreationTimestamp = Now },
            Status = new PodStatus { Phase = "Running" },
        };
    }

    private void Delete(Pod pod)
    {
        var current = Pods[pod.Metadata.Uid];
        Pods[pod.Metadata.Uid] = current with { Metadata = current.Metadata with { DeletionTimestamp = Now } };
    }

    private void Release(string uid)
    {
        var pod = Pods[uid];
        pod = pod with { Metadata = pod.Metadata with { Finalizers = [] } };
        if (pod.Metadata.DeletionTimestamp is not null && PodFacts.IsFinished(pod))
            Pods.Remove(uid);
        else
            Pods[uid] = pod;
    }
}
