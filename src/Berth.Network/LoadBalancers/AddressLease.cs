using System.Net;
using Berth.Api.Coordination.V1;
using Berth.Client;

namespace Berth.Network.LoadBalancers;

/// <summary>
/// The right to announce one address: a Lease object that its holder renews. Others take it when it has not changed for its whole duration
/// on their own clock, so that clocks need not agree. Owned by the announcer's loop.
/// </summary>
internal sealed class AddressLease(IClusterClient client, IPAddress address, string holder, TimeProvider time)
{
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    private const string Namespace = "kube-system";

    private readonly string _name = $"berth-lb-{address.ToString().Replace(':', '-')}";
    private string _seen = "";
    private long _seenAt;

    /// <summary>Takes or renews the lease. False: another holds it.</summary>
    /// <exception cref="ApiException">The API refuses for another reason than a lost race.</exception>
    public async Task<bool> TryHoldAsync(CancellationToken cancellation)
    {
        try
        {
            Lease? lease = null;
            try
            {
                lease = await client.GetAsync<Lease>(Namespace, _name, ct: cancellation).ConfigureAwait(false);
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                // Never held, or released.
            }
            if (lease is null)
            {
                await client.CreateAsync(new Lease { Metadata = new() { Namespace = Namespace, Name = _name }, Spec = Held(0) }, ct: cancellation).ConfigureAwait(false);
                return true;
            }
            if (lease.Spec.HolderIdentity is { Length: > 0 } other && other != holder && !HasExpired(lease))
                return false;
            var transitions = (lease.Spec.LeaseTransitions ?? 0) + (lease.Spec.HolderIdentity == holder ? 0 : 1);
            await client.UpdateAsync(lease with { Spec = Held(transitions) with { AcquireTime = lease.Spec.HolderIdentity == holder ? lease.Spec.AcquireTime : time.GetUtcNow() } }, ct: cancellation).ConfigureAwait(false);
            return true;
        }
        catch (ApiException e) when (e.IsConflict || e.IsAlreadyExists)
        {
            return false;
        }
    }

    /// <summary>Lets others have it at once.</summary>
    public async Task ReleaseAsync(CancellationToken cancellation)
    {
        try
        {
            var lease = await client.GetAsync<Lease>(Namespace, _name, ct: cancellation).ConfigureAwait(false);
            if (lease.Spec.HolderIdentity == holder)
                await client.DeleteAsync<Lease>(Namespace, _name, ct: cancellation).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound || e.IsConflict)
        {
            // Somebody else has it already.
        }
    }

    private LeaseSpec Held(int transitions) => new()
    {
        HolderIdentity = holder,
        LeaseDurationSeconds = (int)Duration.TotalSeconds,
        AcquireTime = time.GetUtcNow(),
        RenewTime = time.GetUtcNow(),
        LeaseTransitions = transitions,
    };

    private bool HasExpired(Lease lease)
    {
        if (lease.Metadata.ResourceVersion != _seen)
        {
            _seen = lease.Metadata.ResourceVersion;
            _seenAt = time.GetTimestamp();
        }
        return time.GetElapsedTime(_seenAt) > Duration;
    }
}
