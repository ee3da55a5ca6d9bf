using Berth.Api;
using Berth.Api.Batch.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Informers;

namespace Berth.Controllers.Jobs;

/// <summary>Deletes Jobs when their ttlSecondsAfterFinished has passed.</summary>
public sealed class JobLifetimeController : Controller
{
    private readonly Informer<Job> _jobs;

    public JobLifetimeController(ControllerContext context)
        : base(context, "ttl-after-finished-controller", workers: 1)
    {
        _jobs = context.Informers.For<Job>();
        _jobs.AddHandler(Look, (_, job) => Look(job), null);
    }

    /// <summary>Null while the Job is to live on for an unknown time; negative when it should be gone already.</summary>
    public static TimeSpan? Left(Job job, DateTimeOffset now)
    {
        if (job.Metadata.DeletionTimestamp is not null || job.Spec.TtlSecondsAfterFinished is not { } ttl)
            return null;
        return JobConditions.End(job)?.LastTransitionTime is { } end ? end.Value.AddSeconds(ttl) - now : null;
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_jobs.Cache.Get(key) is not { } cached || Left(cached, Time.GetUtcNow()) is null)
            return;
        try
        {
            // The ttl may have been raised a moment ago: what the server has decides.
            var job = await Client.GetAsync<Job>(key.Namespace, key.Name, null, ct).ConfigureAwait(false);
            if (Left(job, Time.GetUtcNow()) is not { } left)
                return;
            if (left > TimeSpan.Zero)
            {
                Queue.AddAfter(key, left);
                return;
            }

            var options = new DeleteOptions
            {
                PropagationPolicy = "Foreground",
                Preconditions = new Preconditions { Uid = job.Metadata.Uid, ResourceVersion = job.Metadata.ResourceVersion },
            };
            await Client.DeleteAsync<Job>(key.Namespace, key.Name, options, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Gone is what it should be.
        }
    }

    private void Look(Job job)
    {
        if (Left(job, Time.GetUtcNow()) is { } left)
            Queue.AddAfter(ObjectKey.Of(job), left);
    }
}
