using System.Numerics;
using Berth.Api;
using Berth.Resources.Allocation;
using Berth.Resources.Topology;

namespace Berth.Resources.Tests.Allocation;

/// <summary>
/// Whether there is any way at all to place a pod, by trying every one: all sets of CPUs, all groups of memory, all sets of
/// devices, for each container in turn. Only the rules are shared with the allocator, not a line of its search.
/// </summary>
internal static class Exhaustive
{
    public static bool Exists(NodeShape shape, IReadOnlyList<PodAllocation> taken, PodNeeds needs) =>
        new Attempt(shape, taken, needs).Run();

    private sealed record Choice(ulong Cpus, ulong MemoryNodes, ulong Devices);

    private sealed class Attempt
    {
        private readonly NodeShape _shape;
        private readonly PodNeeds _needs;
        private readonly ulong _free;
        private readonly ulong _freeDevices;
        private readonly ulong[] _cpusOfNode;
        private readonly ulong[] _cores;
        private readonly List<(ulong Nodes, long Bytes)> _blocks;
        private readonly long[] _capacity;
        private readonly int _nodeCount;
        private readonly List<ContainerNeeds> _longRunning;
        private readonly List<ContainerNeeds> _inits;
        private readonly Dictionary<string, Choice> _chosen = new(StringComparer.Ordinal);
        private readonly HashSet<(int, string, ulong)> _tried = [];

        public Attempt(NodeShape shape, IReadOnlyList<PodAllocation> taken, PodNeeds needs)
        {
            _shape = shape;
            _needs = needs;
            var t = shape.Topology;
            _nodeCount = t.NumaNodes.Count;
            _cpusOfNode = [.. Enumerable.Range(0, _nodeCount).Select(n => Bits(t.CpusOf(n)))];
            _cores = [.. t.Cores.Select(c => Bits(t.CoreOf(c)))];
            _free = Bits(t.AllCpus) & ~Bits(shape.ReservedCpus);
            foreach (var pod in taken)
                _free &= ~Bits(pod.Cpus);
            if (shape.Policy.Cpu.FullCoresOnly)
                _free = _cores.Where(c => (c & ~_free) == 0).Aggregate(0UL, (all, c) => all | c);
            var held = taken.SelectMany(p => p.Devices).ToHashSet();
            for (var d = 0; d < t.Devices.Count; d++)
            {
                if (!held.Contains(t.Devices[d].Key))
                    _freeDevices |= 1UL << d;
            }

            _blocks = [.. taken.SelectMany(p => p.Memory).Select(m => (m.Nodes.Bits, m.Bytes))];
            _capacity = [.. t.NumaNodes.Select(n => n.Memory.GetOr("memory"))];
            _longRunning = [.. needs.Containers.Where(c => c.RunsOn)];
            _inits = [.. needs.Containers.Where(c => !c.RunsOn)];
        }

        public bool Run()
        {
            var unit = _shape.UnitCpus;
            if (_needs.Containers.Any(c => c.Cpus % unit != 0))
                return false;
            return _shape.Policy.PodScope ? AsWhole() : Place(0);
        }

        // One group for everything; sums decide, since every container may use all of it.
        private bool AsWhole()
        {
            var cpus = Most(c => c.Cpus);
            var memory = Most(c => c.Memory.GetOr("memory"));
            var gpus = Most(c => c.Devices.Sum(d => d.Count));
            if (cpus + memory + gpus == 0)
                return true;
            var widths = Groups().Where(g => Fits(g, cpus, memory, gpus, true)).Select(BitOperations.PopCount).ToList();
            foreach (var group in Groups().Where(g => Fits(g, cpus, memory, gpus, false)))
            {
                if (Allowed(group, widths.Count == 0 ? 0 : widths.Min()))
                    return true;
            }

            if (_shape.Policy.Alignment is AlignmentPolicy.SingleNumaNode or AlignmentPolicy.Restricted)
                return false;
            return BitOperations.PopCount(_free) >= cpus && BitOperations.PopCount(_freeDevices) >= gpus
                && (memory == 0 || Groups().Any(g => CanGroup(g, []) && Left(g) >= memory));
        }

        private bool Fits(ulong group, long cpus, long memory, long gpus, bool empty)
        {
            var pool = empty ? Bits(_shape.AssignableCpus) : _free;
            var cpuCount = BitOperations.PopCount(pool & CpusOf(group));
            var left = empty ? Capacity(group) : Left(group);
            var devices = empty ? (1UL << _shape.Topology.Devices.Count) - 1 : _freeDevices;
            return cpuCount >= cpus && (memory == 0 || (left >= memory && (empty || CanGroup(group, [])))) && BitOperations.PopCount(devices & Near(group)) >= gpus;
        }

        private bool Place(int index)
        {
            if (index == _longRunning.Count)
                return PlaceInits(0);
            var state = (index, string.Join(";", _chosen.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Value.Devices},{c.Value.MemoryNodes},{(_needs.Containers.First(n => n.Name == c.Key).Phase == ContainerPhase.Sidecar ? c.Value.Cpus : 0)}")), _chosen.Values.Aggregate(0UL, (all, c) => all | c.Cpus));
            if (!_tried.Add(state))
                return false;
            var container = _longRunning[index];
            var cpus = _free;
            var devices = _freeDevices;
            var blocks = new List<(ulong, long)>();
            foreach (var choice in _chosen.Values)
            {
                cpus &= ~choice.Cpus;
                devices &= ~choice.Devices;
            }

            foreach (var (name, choice) in _chosen)
            {
                if (choice.MemoryNodes != 0)
                    blocks.Add((choice.MemoryNodes, _needs.Containers.First(c => c.Name == name).Memory.GetOr("memory")));
            }

            foreach (var choice in Choices(container, cpus, devices, blocks))
            {
                _chosen[container.Name] = choice;
                if (Place(index + 1))
                    return true;
                _chosen.Remove(container.Name);
            }

            return false;
        }

        private bool PlaceInits(int index)
        {
            if (index == _inits.Count)
                return true;
            var init = _inits[index];
            var before = _needs.Containers.TakeWhile(c => c.Name != init.Name).Where(c => c.Phase == ContainerPhase.Sidecar).Select(c => c.Name).ToHashSet();
            var cpus = _free;
            var devices = _freeDevices;
            var blocks = new List<(ulong, long)>();
            foreach (var (name, choice) in _chosen)
            {
                if (before.Contains(name))
                {
                    cpus &= ~choice.Cpus;
                    devices &= ~choice.Devices;
                }

                if (choice.MemoryNodes != 0)
                    blocks.Add((choice.MemoryNodes, before.Contains(name) ? _needs.Containers.First(c => c.Name == name).Memory.GetOr("memory") : 0));
            }

            // Of two init containers, only the groups of memory can stand in each other's way.
            foreach (var choice in Choices(init, cpus, devices, blocks).DistinctBy(c => c.MemoryNodes))
            {
                _chosen[init.Name] = choice;
                if (PlaceInits(index + 1))
                    return true;
                _chosen.Remove(init.Name);
            }

            return false;
        }

        private IEnumerable<Choice> Choices(ContainerNeeds container, ulong cpus, ulong devices, List<(ulong, long)> own)
        {
            var memory = container.Memory.GetOr("memory");
            var gpus = container.Devices.Sum(d => d.Count);
            if (container.Cpus + memory + gpus == 0)
            {
                yield return new(0, 0, 0);
                yield break;
            }

            var empty = Bits(_shape.AssignableCpus);
            var allDevices = (1UL << _shape.Topology.Devices.Count) - 1;
            var widths = Groups()
                .Where(g => BitOperations.PopCount(empty & CpusOf(g)) >= container.Cpus && (memory == 0 || Capacity(g) >= memory) && BitOperations.PopCount(allDevices & Near(g)) >= gpus)
                .Select(BitOperations.PopCount).ToList();
            var width = widths.Count == 0 ? 0 : widths.Min();
            var strict = _shape.Policy.Alignment is AlignmentPolicy.SingleNumaNode or AlignmentPolicy.Restricted;
            foreach (var group in Groups())
            {
                if (strict && !Allowed(group, width))
                    continue;
                if (memory > 0 && (!CanGroup(group, own) || Left(group) - own.Where(o => o.Item1 == group).Sum(o => o.Item2) < memory))
                    continue;
                // Where nothing has to be together, the group is for the memory alone.
                var cpuPool = strict ? cpus & CpusOf(group) : cpus;
                var devicePool = strict ? devices & Near(group) : devices;
                foreach (var chosenCpus in Subsets(cpuPool, container.Cpus))
                {
                    if (_shape.Policy.Cpu.FullCoresOnly && _cores.Any(c => (c & chosenCpus) != 0 && (c & ~chosenCpus) != 0))
                        continue;
                    foreach (var chosenDevices in Subsets(devicePool, gpus))
                        yield return new(chosenCpus, memory > 0 ? group : 0, chosenDevices);
                }

                if (!strict && memory == 0)
                    yield break;
            }
        }

        private bool Allowed(ulong group, int width) => _shape.Policy.Alignment switch
        {
            AlignmentPolicy.SingleNumaNode => BitOperations.PopCount(group) == 1,
            AlignmentPolicy.Restricted => BitOperations.PopCount(group) == width,
            _ => true,
        };

        private bool CanGroup(ulong group, List<(ulong Nodes, long Bytes)> own) =>
            _blocks.Concat(own).All(b => b.Nodes == group || (b.Nodes & group) == 0);

        private long Left(ulong group) => Capacity(group) - _blocks.Where(b => b.Nodes == group).Sum(b => b.Bytes);

        private long Capacity(ulong group) => Enumerable.Range(0, _nodeCount).Where(n => (group & (1UL << n)) != 0).Sum(n => _capacity[n]);

        private ulong CpusOf(ulong group) => Enumerable.Range(0, _nodeCount).Where(n => (group & (1UL << n)) != 0).Aggregate(0UL, (all, n) => all | _cpusOfNode[n]);

        private ulong Near(ulong group)
        {
            var near = 0UL;
            for (var d = 0; d < _shape.Topology.Devices.Count; d++)
            {
                var numa = _shape.Topology.Devices[d].Numa;
                if (numa.IsEmpty || (numa.Bits & group) != 0)
                    near |= 1UL << d;
            }

            return near;
        }

        private IEnumerable<ulong> Groups() => Enumerable.Range(1, (1 << _nodeCount) - 1).Select(g => (ulong)g);

        private long Most(Func<ContainerNeeds, long> of)
        {
            long running = 0, most = 0;
            foreach (var container in _needs.Containers)
            {
                most = Math.Max(most, running + of(container));
                if (container.RunsOn)
                    running += of(container);
            }

            return most;
        }

        private static IEnumerable<ulong> Subsets(ulong set, int count)
        {
            if (count == 0)
            {
                yield return 0;
                yield break;
            }

            var members = CpuSet.Of(NumaSetMembers(set)).ToArray();
            foreach (var subset in Choose(0, count))
                yield return subset;

            IEnumerable<ulong> Choose(int from, int left)
            {
                if (left == 0)
                {
                    yield return 0;
                    yield break;
                }

                for (var i = from; i <= members.Length - left; i++)
                {
                    foreach (var rest in Choose(i + 1, left - 1))
                        yield return rest | (1UL << members[i]);
                }
            }
        }

        private static IEnumerable<int> NumaSetMembers(ulong set) => new NumaSet(set).Members();

        private static ulong Bits(CpuSet cpus) => cpus.Aggregate(0UL, (bits, c) => bits | (1UL << c));
    }
}
