using Berth.Api.Resource.V1;

namespace Berth.Scheduler.Plugins.Claims;

/// <summary>Conditions that a driver wants met on the devices of a claim before the pod is bound. Pure.</summary>
internal static class BindingConditions
{
    /// <summary>Why the devices will not become ready; null when they may.</summary>
    public static string? Failure(ResourceClaim claim)
    {
        foreach (var result in claim.Status.Allocation?.Devices.Results ?? [])
        {
            foreach (var condition in Of(claim, result)?.Conditions ?? [])
            {
                if (condition.Status == "True" && result.BindingFailureConditions.Contains(condition.Type))
                    return $"device binding failed: claim={claim.Metadata.Namespace}/{claim.Metadata.Name}, reason={condition.Reason}, message=\"{condition.Message}\"";
            }
        }

        return null;
    }

    public static bool AreMet(ResourceClaim claim) => (claim.Status.Allocation?.Devices.Results ?? [])
        .All(result => result.BindingConditions.All(type => Of(claim, result)?.Conditions.Any(c => c.Type == type && c.Status == "True") == true));

    private static AllocatedDeviceStatus? Of(ResourceClaim claim, DeviceRequestAllocationResult result) => claim.Status.Devices
        .FirstOrDefault(d => d.Driver == result.Driver && d.Pool == result.Pool && d.Device == result.Device && d.ShareID == result.ShareID);
}
