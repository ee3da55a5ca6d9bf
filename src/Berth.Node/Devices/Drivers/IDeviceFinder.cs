namespace Berth.Node.Devices.Drivers;

/// <summary>Looks for the devices of one driver. Called again and again, never twice at once; may block for a moment.</summary>
public interface IDeviceFinder
{
    /// <summary>As in ResourceSlices.</summary>
    string Driver { get; }

    /// <summary>In the Container Device Interface: vendor.example/class.</summary>
    string CdiKind { get; }

    /// <exception cref="IOException">The machine could not be looked at; what was found before stays.</exception>
    /// <exception cref="InvalidDataException">What is configured cannot be understood.</exception>
    FoundDevices Find();
}
