"""What executes a network: four runtimes, and the network as data.

What the network is for, and which one it is, nobody knows here (`backbone` does).
"""
