using Berth.Api;
using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>Which taints keep a request from a device.</summary>
public static class DeviceTaints
{
    /// <summary>The first taint that keeps the device from being given; null when there is none.</summary>
    public static DeviceTaint? Obstacle(Device device, ApiList<DeviceToleration> tolerations)
    {
        foreach (var taint in device.Taints)
        {
            if (taint.Effect is "NoSchedule" or "NoExecute" && !tolerations.Any(t => Tolerates(t, taint)))
                return taint;
        }

        return null;
    }

    public static bool Tolerates(DeviceToleration toleration, DeviceTaint taint)
    {
        if (toleration.Effect.Length > 0 && toleration.Effect != taint.Effect)
            return false;
        if (toleration.Key.Length > 0 && toleration.Key != taint.Key)
            return false;
        return toleration.Operator switch
        {
            "Exists" => true,
            "" or "Equal" => toleration.Key.Length > 0 && toleration.Value == taint.Value,
            _ => false,
        };
    }

    /// <summary>
    /// How long a claim keeps a device that its driver wants emptied: null for ever, zero not at all.
    /// </summary>
    /// <remarks>With several tolerations for one taint the shortest counts.</remarks>
    public static TimeSpan? Patience(DeviceTaint taint, ApiList<DeviceToleration> tolerations)
    {
        if (taint.Effect != "NoExecute")
            return null;
        TimeSpan? least = null;
        var tolerated = false;
        foreach (var toleration in tolerations)
        {
            if (!Tolerates(toleration, taint))
                continue;
            tolerated = true;
            if (toleration.TolerationSeconds is { } seconds && (least is null || TimeSpan.FromSeconds(seconds) < least))
                least = TimeSpan.FromSeconds(Math.Max(seconds, 0));
        }

        return tolerated ? least : TimeSpan.Zero;
    }
}
