namespace Berth.Resources.Claims;

/// <summary>An expression over a device is wrong in itself, or failed on a device.</summary>
public sealed class DeviceSelectorException(string message, Exception? inner = null) : Exception(message, inner);
