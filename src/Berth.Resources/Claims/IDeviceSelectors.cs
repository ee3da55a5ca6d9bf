using Berth.Api.Resource.V1;

namespace Berth.Resources.Claims;

/// <summary>Evaluates the expressions by which classes and requests choose devices.</summary>
public interface IDeviceSelectors
{
    /// <summary>Whether the expression is true for the device.</summary>
    /// <exception cref="DeviceSelectorException">The expression cannot be compiled, or fails on this device.</exception>
    bool Matches(string expression, string driver, Device device);
}
