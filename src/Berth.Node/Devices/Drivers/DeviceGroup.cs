using Berth.Api;

namespace Berth.Node.Devices.Drivers;

/// <summary>Devices that are alike to those who ask for them.</summary>
public sealed record DeviceGroup
{
    /// <summary>A DNS label; the class of the group's devices is named after it.</summary>
    public required string Name { get; init; }

    public required DeviceKind Kind { get; init; }

    /// <summary>Extended resource by which pods may ask for them too; empty for none.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Character and block devices: paths, in which * stands for any characters but a slash.</summary>
    public ApiList<string> Paths { get; init; } = [];

    /// <summary>PCI and USB: hexadecimal, without 0x.</summary>
    public string Vendor { get; init; } = "";

    /// <inheritdoc cref="Vendor"/>
    public string Product { get; init; } = "";

    /// <summary>USB: the device's own serial number.</summary>
    public string Serial { get; init; } = "";

    /// <summary>PCI: the beginning of the class code, such as 0200 for Ethernet.</summary>
    public string Class { get; init; } = "";

    /// <summary>PCI: bus addresses, such as 0000:3b:00.1.</summary>
    public ApiList<string> Addresses { get; init; } = [];

    /// <summary>PCI: only virtual functions of these physical ones; * for all.</summary>
    public ApiList<string> VirtualFunctionsOf { get; init; } = [];
}

public enum DeviceKind
{
    Character,
    Block,
    Pci,
    Usb,
}
