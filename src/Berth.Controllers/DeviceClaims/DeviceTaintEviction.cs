using Berth.Api.Core.V1;
using Berth.Api.Resource.V1;
using Berth.Resources.Claims;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Controllers.DeviceClaims;

/// <summary>When a pod has to leave devices that their drivers want emptied. Pure.</summary>
public static class DeviceTaintEviction
{
    /// <summary>The moment at which the pod has to go; null when it may stay.</summary>
    /// <param name="claims">Those that the pod uses.</param>
    /// <param name="device">By what a claim was given; null for devices that are not published any more.</param>
    /// <param name="now">Stands in for taints that do not tell since when they are there.</param>
    public static DateTimeOffset? Due(Pod pod, IEnumerable<ResourceClaim> claims, Func<DeviceId, Device?> device, DateTimeOffset now)
    {
        DateTimeOffset? due = null;
        foreach (var claim in claims.Where(c => PodClaims.IsReservedFor(c, pod)))
        {
            foreach (var result in claim.Status.Allocation?.Devices.Results ?? [])
            {
                foreach (var taint in device(DeviceId.Of(result))?.Taints ?? [])
                {
                    if (DeviceTaints.Patience(taint, result.Tolerations) is not { } patience)
                        continue;
                    var at = (taint.TimeAdded?.Value ?? now) + patience;
                    if (due is null || at < due)
                        due = at;
                }
            }
        }

        return due;
    }
}
