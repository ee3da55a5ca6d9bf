using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Controllers.Pods;

namespace Berth.Controllers.CronJobs;

/// <summary>Starts Jobs on schedule. What is due is <see cref="CronJobReconciler"/>'s; here it is done.</summary>
public sealed class CronJobController : Controller
{
    private readonly Informer<CronJob> _crons;
    private readonly Informer<Job> _jobs;
    private readonly EventRecorder _events;
    private readonly OwnWrites _writes;

    public CronJobController(ControllerContext context)
        : base(context, "cronjob-controller", workers: 2)
    {
        _crons = context.Informers.For<CronJob>();
        _jobs = context.Informers.For<Job>();
        _events = context.Events(Name);
        _writes = new OwnWrites(context.Time);
        OwnedIndex.AddTo(_jobs.Cache);
        _crons.AddHandler(Enqueue, (_, cron) => Enqueue(cron), Enqueue);
        _jobs.AddHandler(Wake, (_, job) => Wake(job), Wake);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_crons.Cache.Get(key) is not { } cron)
        {
            _writes.Forget(key);
            return;
        }

        if (!_writes.AreSeen(key, _ => _crons.Cache.Get(key)))
        {
            Queue.AddAfter(key, PodExpectations.Lifetime);
            return;
        }

        var jobs = OwnedIndex.OwnedBy(_jobs.Cache, cron.Metadata.Uid);
        var missing = await MissingAsync(cron, jobs, ct).ConfigureAwait(false);
        var plan = CronJobReconciler.Plan(cron, jobs, missing, Time.GetUtcNow());
        foreach (var (type, reason, message) in plan.Events)
            _events.Event(cron, type, reason, message);
        foreach (var job in plan.Forget)
            await DeleteAsync(cron, job.Metadata.Name, ct).ConfigureAwait(false);

        var status = plan.Status;
        if (plan.Create is { } due)
        {
            foreach (var running in plan.Replace)
            {
                await DeleteAsync(cron, running.Name, ct).ConfigureAwait(false);
                status = status with { Active = status.Active.Where(a => a.Uid != running.Uid).ToApiList() };
            }

            if (await StartAsync(cron, due, ct).ConfigureAwait(false) is { } started)
                status = CronJobReconciler.Started(status, started, plan.ScheduledFor);
        }

        if (!status.Equals(cron.Status))
            _writes.Wrote(key, await Client.UpdateStatusAsync(cron with { Status = status }, null, ct).ConfigureAwait(false));
        if (plan.CheckAfter is { } wait)
            Queue.AddAfter(key, wait);
    }

    // Null when the job of this time is someone else's, or when its namespace is going away.
    private async Task<Job?> StartAsync(CronJob cron, Job job, CancellationToken ct)
    {
        try
        {
            var created = await Client.CreateAsync(job, null, ct).ConfigureAwait(false);
            _events.Event(cron, "Normal", "SuccessfulCreate", $"Created job {created.Metadata.Name}");
            return created;
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // Started in an earlier run that could not write it down.
            var existing = await Client.GetAsync<Job>(job.Metadata.Namespace, job.Metadata.Name, null, ct).ConfigureAwait(false);
            return ControllerRefs.IsControlledBy(existing, cron) ? existing : null;
        }
        catch (ApiException e) when (PodControl.IsNamespaceGoing(e))
        {
            return null;
        }
        catch (ApiException e)
        {
            _events.Event(cron, "Warning", "FailedCreate", $"Error creating job: {e.Message}");
            throw;
        }
    }

    private async Task DeleteAsync(CronJob cron, string name, CancellationToken ct)
    {
        try
        {
            await Client.DeleteAsync<Job>(cron.Metadata.Namespace, name, new DeleteOptions { PropagationPolicy = "Background" }, ct).ConfigureAwait(false);
            _events.Event(cron, "Normal", "SuccessfulDelete", $"Deleted job {name}");
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Gone is what it should be.
        }
        catch (ApiException e)
        {
            _events.Event(cron, "Warning", "FailedDelete", $"Deleted job: {e.Message}");
            throw;
        }
    }

    // The cache may not show a job yet that was just started: the server is asked about each that is not there.
    private async Task<HashSet<string>> MissingAsync(CronJob cron, IReadOnlyList<Job> jobs, CancellationToken ct)
    {
        var known = jobs.Select(static j => j.Metadata.Uid).ToHashSet(StringComparer.Ordinal);
        var missing = new HashSet<string>(StringComparer.Ordinal);
        foreach (var active in cron.Status.Active.Where(a => !known.Contains(a.Uid)))
        {
            try
            {
                await Client.GetAsync<Job>(cron.Metadata.Namespace, active.Name, null, ct).ConfigureAwait(false);
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                missing.Add(active.Uid);
            }
        }

        return missing;
    }

    private void Wake(Job job)
    {
        if (ControllerRefs.Of(job) is { Kind: "CronJob" } owner)
            Queue.Add(new ObjectKey(job.Metadata.Namespace, owner.Name));
    }
}
