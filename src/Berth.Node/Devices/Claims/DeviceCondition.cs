namespace Berth.Node.Devices.Claims;

/// <summary>How a device is, by its driver.</summary>
/// <param name="Health">Healthy, Unhealthy or Unknown.</param>
public sealed record DeviceCondition(string Health, string Message);
