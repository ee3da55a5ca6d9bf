namespace Berth.Node.Devices.Claims;

/// <summary>A claim cannot be prepared, or not be given back, for now.</summary>
public sealed class ClaimDriverException(string message, Exception? inner = null) : Exception(message, inner);
