using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Berth.Linux.Processes;

namespace Berth.Network.Tests.Lab;

/// <summary>
/// A network namespace of its own, gone at the end. A socket belongs to the namespace of the thread that makes it and stays there, so that
/// sockets made on a thread that has entered the namespace can be used from anywhere.
/// </summary>
internal sealed class NetworkNamespace : IHostNetwork, IAsyncDisposable
{
    private const int CloneNewNet = 0x40000000;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    public static async Task<NetworkNamespace> CreateAsync(string role)
    {
        var name = $"berth-test-{Environment.ProcessId}-{role}-{Guid.NewGuid().ToString("N")[..6]}";
        await ProcessRunner.RunAsync("ip", ["netns", "add", name]);
        var result = new NetworkNamespace(name);
        await result.IpAsync("link set lo up");
        return result;
    }

    public Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string? input = null, CancellationToken cancellation = default) =>
        ProcessRunner.RunAsync("ip", ["netns", "exec", Name, program, .. arguments], input, cancellation: cancellation);

    public Task<string> ShowAsync(string program, params string[] arguments) => RunAsync(program, arguments);

    public Task IpAsync(string arguments) => ProcessRunner.RunAsync("ip", ["-n", Name, .. arguments.Split(' ')]);

    public T Open<T>(Func<T> open) => Enter(open);

    public string? ReadSysctl(string name) =>
        Enter(() => File.Exists("/proc/sys/" + name) ? File.ReadAllText("/proc/sys/" + name).Trim() : null);

    public void WriteSysctl(string name, string value) => Enter(() =>
    {
        File.WriteAllText("/proc/sys/" + name, value);
        return 0;
    });

    /// <summary>Runs an action on a thread of its own inside the namespace.</summary>
    public T Enter<T>(Func<T> action)
    {
        T result = default!;
        Exception? error = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/run/netns/{Name}");
                if (SetNs(file.DangerousGetHandle().ToInt32(), CloneNewNet) != 0)
                    throw new IOException($"cannot enter network namespace {Name}: error {Marshal.GetLastPInvokeError()}");
                result = action();
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        return error is null ? result : throw new InvalidOperationException(error.Message, error);
    }

    public Socket Socket(SocketType type, AddressFamily family = AddressFamily.InterNetwork) => Enter(() => new Socket(family, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp));

    /// <summary>Answers each connection with <paramref name="name"/> and the address that it saw the client come from, until disposed.</summary>
    public IDisposable ServeTcp(IPAddress address, int port, string name)
    {
        var listener = Socket(SocketType.Stream, address.AddressFamily);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(address, port));
        listener.Listen(64);
        _ = ServeTcpAsync(listener, name);
        return listener;
    }

    private static async Task ServeTcpAsync(Socket listener, string name)
    {
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptAsync();
                await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes($"{name} {((IPEndPoint)connection.RemoteEndPoint!).Address}"));
                connection.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    public IDisposable ServeUdp(IPAddress address, int port, string name)
    {
        var socket = Socket(SocketType.Dgram);
        socket.Bind(new IPEndPoint(address, port));
        _ = ServeUdpAsync(socket, name);
        return socket;
    }

    private static async Task ServeUdpAsync(Socket socket, string name)
    {
        var buffer = new byte[64];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                await socket.SendToAsync(System.Text.Encoding.ASCII.GetBytes($"{name} {((IPEndPoint)received.RemoteEndPoint).Address}"), received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    /// <summary>What the server at the other end says; "refused", "unreachable" or "silent" where there is none.</summary>
    public async Task<string> ConnectAsync(string address, int port, int timeoutMs = 3000)
    {
        using var socket = Socket(SocketType.Stream, IPAddress.Parse(address).AddressFamily);
        using var timeout = new CancellationTokenSource(timeoutMs);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), port), timeout.Token);
            var buffer = new byte[64];
            var length = await socket.ReceiveAsync(buffer, timeout.Token);
            return System.Text.Encoding.ASCII.GetString(buffer, 0, length);
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.ConnectionRefused ? "refused" : $"unreachable ({e.SocketErrorCode})";
        }
        catch (OperationCanceledException)
        {
            return "silent";
        }
    }

    /// <summary>The whole answer to GET /, or what <see cref="ConnectAsync"/> says where there is none.</summary>
    public async Task<string> HttpGetAsync(string address, int port)
    {
        using var socket = Socket(SocketType.Stream);
        using var timeout = new CancellationTokenSource(3000);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), port), timeout.Token);
            await socket.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), timeout.Token);
            var text = new System.Text.StringBuilder();
            var buffer = new byte[1024];
            while (await socket.ReceiveAsync(buffer, timeout.Token) is > 0 and var length)
                text.Append(System.Text.Encoding.ASCII.GetString(buffer, 0, length));
            return text.ToString();
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode is SocketError.ConnectionRefused ? "refused" : $"unreachable ({e.SocketErrorCode})";
        }
        catch (OperationCanceledException)
        {
            return "silent";
        }
    }

    public static async Task<string> AskUdpAsync(Socket socket, string address, int port, int timeoutMs = 3000)
    {
        using var timeout = new CancellationTokenSource(timeoutMs);
        var buffer = new byte[64];
        try
        {
            await socket.SendToAsync("?"u8.ToArray(), new IPEndPoint(IPAddress.Parse(address), port), timeout.Token);
            var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), timeout.Token);
            return System.Text.Encoding.ASCII.GetString(buffer, 0, received.ReceivedBytes);
        }
        catch (SocketException)
        {
            return "refused";
        }
        catch (OperationCanceledException)
        {
            return "silent";
        }
    }

    public async ValueTask DisposeAsync() => await ProcessRunner.TryRunAsync("ip", ["netns", "delete", Name]);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNs(int fd, int type);
}
