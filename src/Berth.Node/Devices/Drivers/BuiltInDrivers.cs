using Berth.Client;
using Berth.Node.Devices.Claims;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Devices.Drivers;

/// <summary>The drivers that come with Berth, one row each.</summary>
public sealed class BuiltInDrivers : IDisposable
{
    private readonly NodeAgentOptions _options;
    private readonly NvidiaFinder _nvidia;
    private readonly IReadOnlyList<DeviceDriver> _drivers;
    private (DateTime Written, DeviceFile File) _read = (default, DeviceFile.Empty);

    /// <param name="gpusAreServed">True while a vendor's own driver serves the GPUs.</param>
    public BuiltInDrivers(NodeAgentOptions options, IClusterClient client, Func<bool> gpusAreServed, TimeProvider time, ILogger log)
    {
        _options = options;
        var tree = new MachineTree(options.DeviceRoot);
        _nvidia = new NvidiaFinder(tree, new NvidiaLibraries(tree, NvidiaLibraries.StandardDirectories));
        _drivers =
        [
            new DeviceDriver(_nvidia, client, options.NodeName, options.CdiDirectory, gpusAreServed, time, log),
            new DeviceDriver(new ConfiguredFinder(tree, ReadFile), client, options.NodeName, options.CdiDirectory, static () => false, time, log),
        ];
    }

    /// <summary>Health of a device changed. Must not block.</summary>
    public event Action Changed
    {
        add
        {
            foreach (var driver in _drivers) driver.Changed += value;
        }

        remove
        {
            foreach (var driver in _drivers) driver.Changed -= value;
        }
    }

    public IReadOnlyList<IClaimDriver> All => _drivers;

    /// <summary>Until cancelled.</summary>
    public Task RunAsync(CancellationToken ct) => Task.WhenAll(_drivers.Select(d => d.RunAsync(ct)));

    public void Dispose() => _nvidia.Dispose();

    private DeviceFile ReadFile()
    {
        var file = new FileInfo(_options.DeviceFile);
        if (!file.Exists) return DeviceFile.Empty;
        if (_read.Written == file.LastWriteTimeUtc) return _read.File;
        try
        {
            _read = (file.LastWriteTimeUtc, DeviceFile.Read(_options.DeviceFileToJson(File.ReadAllBytes(file.FullName))));
            return _read.File;
        }
        catch (Exception error) when (error is InvalidDataException or FormatException)
        {
            throw new InvalidDataException($"{file.FullName}: {error.Message}", error);
        }
    }
}
