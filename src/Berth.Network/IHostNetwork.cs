namespace Berth.Network;

/// <summary>The machine's network configuration as seen from one network namespace: programs that change it, and kernel settings.</summary>
public interface IHostNetwork
{
    /// <summary>Runs a program to its end and returns what it printed.</summary>
    /// <exception cref="Berth.Linux.Processes.ProcessFailedException">It could not be run, or failed.</exception>
    Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string? input = null, CancellationToken cancellation = default);

    /// <summary>The value of a setting such as <c>net/ipv4/ip_forward</c>; null where this kernel has none of that name.</summary>
    string? ReadSysctl(string name);

    /// <exception cref="IOException">The kernel refuses the value, or has no such setting.</exception>
    void WriteSysctl(string name, string value);

    /// <summary>Opens a socket in that namespace, whichever thread calls.</summary>
    T Open<T>(Func<T> open) => open();
}
