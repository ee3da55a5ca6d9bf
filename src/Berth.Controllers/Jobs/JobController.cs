using System.Collections.Concurrent;
using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Api.Selection;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Client.Work;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Jobs;

/// <summary>Runs Jobs to their end. What to do and what counts is <see cref="JobReconciler"/>'s; here it is done and written down.</summary>
public sealed class JobController : Controller
{
    // Pods of a wide Job end many at a time: one look a second, as Kubernetes has it, counts them together instead of writing
    // a status for each. A narrow Job is looked at at once.
    private const int NarrowMax = 10;
    private static readonly TimeSpan s_batch = TimeSpan.FromSeconds(1);

    private readonly Informer<Job> _jobs;
    private readonly Informer<Pod> _pods;
    private readonly EventRecorder _events;
    private readonly PodControl _control;
    private readonly PodExpectations _expectations;
    private readonly OwnWrites _writes;
    private readonly FinalizerReleases _releases;
    private readonly WorkQueue<ObjectKey> _orphans;

    // By uid. Lost with the process, as in Kubernetes: then failed pods are replaced sooner than they might.
    private readonly ConcurrentDictionary<string, JobBackoff> _backoffs = new(StringComparer.Ordinal);

    public JobController(ControllerContext context)
        : base(context, "job-controller")
    {
        _jobs = context.Informers.For<Job>();
        _pods = context.Informers.For<Pod>();
        _events = context.Events(Name);
        _control = new PodControl(context.Client, _events);
        _expectations = new PodExpectations(context.Time);
        _writes = new OwnWrites(context.Time);
        _releases = new FinalizerReleases(context.Client);
        _orphans = new WorkQueue<ObjectKey>(context.Time);
        _jobs.AddHandler(Enqueue, (_, job) => Enqueue(job), Removed);
        _pods.AddHandler(NoteFinalizer, (_, pod) => NoteFinalizer(pod), _releases.Seen);
        new PodOwners<Job>(_jobs.Cache, SelectorOf, _expectations, Wake).Attach(_pods);
    }

    public override void Dispose()
    {
        _orphans.Dispose();
        base.Dispose();
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_jobs.Cache.Get(key) is not { } job)
        {
            _expectations.Forget(key);
            _writes.Forget(key);
            return;
        }

        if (job.Spec.ManagedBy is not null and not "kubernetes.io/job-controller")
            return;
        if (!_writes.AreSeen(key, _ => _jobs.Cache.Get(key)))
        {
            Queue.AddAfter(key, PodExpectations.Lifetime);
            return;
        }

        if (JobConditions.End(job) is not null)
        {
            _backoffs.TryRemove(job.Metadata.Uid, out _);
            return;
        }

        if (job.Spec.CompletionMode is not null and not "NonIndexed" and not "Indexed")
        {
            _events.Event(job, "Warning", "UnknownCompletionMode", "Skipped Job sync because completion mode is unknown");
            return;
        }

        await RunAsync(key, job, ct).ConfigureAwait(false);
    }

    /// <summary>Pods whose Job is gone give up their finalizer, or nothing could ever delete them.</summary>
    protected override async Task RunBackgroundAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            ObjectKey key;
            try
            {
                key = await _orphans.GetAsync(ct).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                if (_pods.Cache.Get(key) is { } pod && JobPods.HasFinalizer(pod) && await IsOrphanAsync(pod, ct).ConfigureAwait(false))
                    await _releases.ReleaseAsync(pod, ct).ConfigureAwait(false);
                _orphans.Forget(key);
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
            {
                _orphans.AddRateLimited(key);
            }
            finally
            {
                _orphans.Done(key);
            }
        }
    }

    private static Selector SelectorOf(Job job) => LabelSelectors.Compile(job.Spec.Selector);

    private async Task RunAsync(ObjectKey key, Job job, CancellationToken ct)
    {
        var seen = _expectations.AreMet(key);
        var pods = await Claims.ClaimAsync(Client, job, SelectorOf(job), OwnedIndex.Candidates(_pods.Cache, job), JobPods.Finalizer, ct).ConfigureAwait(false);
        var backoff = _backoffs.GetValueOrDefault(job.Metadata.Uid, JobBackoff.None);
        var run = new JobReconciler(job, pods, _releases.Pending(pods), backoff, seen, Time.GetUtcNow());

        var plan = run.Plan();
        var (outcome, problem) = await CarryOutAsync(key, job, plan, ct).ConfigureAwait(false);
        var tracking = run.Track(outcome);
        var current = job;
        if (tracking.Status is { } status)
        {
            current = await WriteAsync(key, job with { Status = status }, tracking.Events, ct).ConfigureAwait(false);
            _backoffs[job.Metadata.Uid] = run.Backoff;
        }

        var released = new ConcurrentBag<string>();
        var stuck = await SlowStart.AllAsync(tracking.Release, async pod =>
        {
            await _releases.ReleaseAsync(pod, ct).ConfigureAwait(false);
            released.Add(pod.Metadata.Uid);
        }).ConfigureAwait(false);
        var settlement = run.Settle(released.ToHashSet(StringComparer.Ordinal));
        if (settlement.Status is { } settled)
            await WriteAsync(key, current with { Status = settled }, settlement.Events, ct).ConfigureAwait(false);

        if ((problem ?? stuck) is { } failure && !PodControl.IsNamespaceGoing(failure))
            throw new IOException(failure.Message, failure);
        if (plan.CheckAfter is { } wait)
            Queue.AddAfter(key, wait);
    }

    private async Task<Job> WriteAsync(ObjectKey key, Job job, IReadOnlyList<JobEvent> events, CancellationToken ct)
    {
        var written = await Client.UpdateStatusAsync(job, null, ct).ConfigureAwait(false);
        _writes.Wrote(key, written);
        foreach (var (type, reason, message) in events)
            _events.Event(written, type, reason, message);
        return written;
    }

    private async Task<(JobOutcome Outcome, Exception? Problem)> CarryOutAsync(ObjectKey key, Job job, JobPlan plan, CancellationToken ct)
    {
        if (plan.Create.Count > 0)
        {
            _expectations.Expect(key, plan.Create.Count, []);
            var result = await SlowStart.RunAsync(plan.Create.Count, i => _control.CreateAsync(plan.Create[i], job, ct)).ConfigureAwait(false);
            _expectations.Created(key, plan.Create.Count - result.Done);
            return (new([], result.Done), result.Failure);
        }

        if (plan.Delete.Count == 0)
            return (new([], 0), null);
        if (plan.Expected)
            _expectations.Expect(key, 0, plan.Delete.Select(static p => p.Metadata.Uid));
        var deleted = new ConcurrentBag<Pod>();
        var problem = await SlowStart.AllAsync(plan.Delete, async pod =>
        {
            var gone = true;
            try
            {
                gone = !await _control.DeleteAsync(pod, job, ct).ConfigureAwait(false);
                deleted.Add(pod);
            }
            finally
            {
                if (gone)
                    _expectations.Deleted(key, pod.Metadata.Uid);
            }
        }).ConfigureAwait(false);
        return (new(deleted, 0), problem);
    }

    // The cache may lag behind: the server says whether the Job is really gone.
    private async Task<bool> IsOrphanAsync(Pod pod, CancellationToken ct)
    {
        if (ControllerRefs.Of(pod) is not { Kind: "Job" } owner)
            return true;
        try
        {
            var job = await Client.GetAsync<Job>(pod.Metadata.Namespace, owner.Name, null, ct).ConfigureAwait(false);
            return job.Metadata.Uid != owner.Uid;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return true;
        }
    }

    private void NoteFinalizer(Pod pod)
    {
        if (!JobPods.HasFinalizer(pod))
        {
            _releases.Seen(pod);
            return;
        }

        if (ControllerRefs.Of(pod) is not { } owner || _jobs.Cache.Get(pod.Metadata.Namespace, owner.Name)?.Metadata.Uid != owner.Uid)
            _orphans.Add(ObjectKey.Of(pod));
    }

    private void Wake(ObjectKey key)
    {
        if (_jobs.Cache.Get(key)?.Spec.Parallelism is > NarrowMax)
            Queue.AddAfter(key, s_batch);
        else
            Queue.Add(key);
    }

    private void Removed(Job job)
    {
        _backoffs.TryRemove(job.Metadata.Uid, out _);
        foreach (var pod in OwnedIndex.OwnedBy(_pods.Cache, job.Metadata.Uid))
            _orphans.Add(ObjectKey.Of(pod));
        Enqueue(job);
    }
}
