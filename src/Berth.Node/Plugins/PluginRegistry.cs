using Berth.Node.Cri;
using Berth.Node.Plugins.V1;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Plugins;

/// <summary>
/// Finds the plugins that put a socket into the registry's directory, asks each for its name, and hands it to the handler
/// of its type. A socket that is replaced is a plugin that started again; one that is gone is a plugin that is gone.
/// </summary>
public sealed partial class PluginRegistry(string directory, IReadOnlyList<IPluginHandler> handlers, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan _scanInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _retryMin = TimeSpan.FromSeconds(1);

    // A socket that a dead plugin left behind costs one attempt in this time.
    private static readonly TimeSpan _retryMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _callLimit = TimeSpan.FromSeconds(10);

    // Owned by the one loop.
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTime Stamp, TimeSpan Wait, DateTimeOffset At)> _failed = new(StringComparer.Ordinal);

    public async Task RunAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(directory);
        using var changed = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(directory) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.CreationTime };
        watcher.Created += (_, _) => changed.Release();
        watcher.Deleted += (_, _) => changed.Release();
        watcher.Renamed += (_, _) => changed.Release();
        watcher.EnableRaisingEvents = true;
        while (true)
        {
            await ScanAsync(ct);
            var next = _failed.Values.Select(f => f.At - time.GetUtcNow()).Append(_scanInterval).Min();
            using var timer = new CancellationTokenSource(next > TimeSpan.FromMilliseconds(100) ? next : TimeSpan.FromMilliseconds(100), time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // Events can be lost; the directory cannot.
            }
        }
    }

    private async Task ScanAsync(CancellationToken ct)
    {
        var there = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in new DirectoryInfo(directory).EnumerateFileSystemInfos("*.sock"))
        {
            there.Add(file.FullName);
            // A new socket under an old name has another time of its last change of state.
            var stamp = file.LastWriteTimeUtc;
            if (_known.TryGetValue(file.FullName, out var known) && known.Stamp == stamp)
                continue;
            var failed = _failed.GetValueOrDefault(file.FullName);
            if (failed.Stamp == stamp && time.GetUtcNow() < failed.At)
                continue;
            if (await RegisterAsync(file.FullName, stamp, ct))
            {
                _failed.Remove(file.FullName);
                continue;
            }

            var wait = failed.Stamp == stamp && failed.Wait * 2 < _retryMax ? failed.Wait * 2 : failed.Stamp == stamp ? _retryMax : _retryMin;
            _failed[file.FullName] = (stamp, wait, time.GetUtcNow() + wait);
        }

        foreach (var path in _failed.Keys.Where(p => !there.Contains(p)).ToList())
            _failed.Remove(path);

        foreach (var (path, gone) in _known.Where(k => !there.Contains(k.Key)).ToList())
        {
            _known.Remove(path);
            // Another socket may speak for the same plugin, as after an update that names it anew.
            if (_known.Values.Any(k => k.Type == gone.Type && k.Name == gone.Name))
                continue;
            LogGone(log, gone.Type, gone.Name);
            if (handlers.FirstOrDefault(h => h.Type == gone.Type) is { } handler)
                await handler.DeregisterAsync(gone.Name, ct);
        }
    }

    private async Task<bool> RegisterAsync(string path, DateTime stamp, CancellationToken ct)
    {
        using var channel = new GrpcChannel(path, time);
        try
        {
            var info = await channel.UnaryAsync("/pluginregistration.Registration/GetInfo", new InfoRequest(), PluginInfo.Parser, _callLimit, ct);
            var error = await TakeInAsync(info, info.Endpoint.Length > 0 ? info.Endpoint : path, ct);
            await channel.UnaryAsync(
                "/pluginregistration.Registration/NotifyRegistrationStatus",
                new RegistrationStatus { PluginRegistered = error.Length == 0, Error = error },
                RegistrationStatusResponse.Parser,
                _callLimit,
                ct);
            if (error.Length > 0)
            {
                LogRefused(log, info.Type, info.Name, error);
                return false;
            }

            _known[path] = new Known(info.Type, info.Name, stamp);
            LogRegistered(log, info.Type, info.Name);
            return true;
        }
        catch (GrpcException error)
        {
            LogSilent(log, path, error.Message);
            return false;
        }
    }

    private async Task<string> TakeInAsync(PluginInfo info, string endpoint, CancellationToken ct)
    {
        if (handlers.FirstOrDefault(h => h.Type == info.Type) is not { } handler)
            return $"no handler registered for plugin type: {info.Type}";
        try
        {
            await handler.RegisterAsync(info.Name, endpoint, info.SupportedVersions, ct);
            return "";
        }
        catch (PluginException error)
        {
            return error.Message;
        }
    }

    private sealed record Known(string Type, string Name, DateTime Stamp);

    [LoggerMessage(5030, LogLevel.Information, "{Type} {Name} registered")]
    private static partial void LogRegistered(ILogger log, string type, string name);

    [LoggerMessage(5031, LogLevel.Warning, "{Type} {Name} cannot be used, trying again: {Problem}")]
    private static partial void LogRefused(ILogger log, string type, string name, string problem);

    [LoggerMessage(5032, LogLevel.Warning, "Nobody answers at the plugin socket {Path}, trying again: {Problem}")]
    private static partial void LogSilent(ILogger log, string path, string problem);

    [LoggerMessage(5033, LogLevel.Information, "{Type} {Name} is gone")]
    private static partial void LogGone(ILogger log, string type, string name);
}
